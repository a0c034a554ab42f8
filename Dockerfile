# The whole product in one image: `serve` (API and workers, see RUN_API and RUN_WORKERS), `worker`, `migrate`, `seed`.
FROM python:3.12-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/singr
# Dependencies first: this layer stays while only our own code changes.
COPY pyproject.toml README.md LICENSE ./
COPY singr/__init__.py singr/__init__.py
RUN mkdir sql migrations && /opt/singr/bin/pip install . && /opt/singr/bin/pip uninstall --yes singr
COPY singr singr
COPY sql sql
COPY migrations migrations
RUN /opt/singr/bin/pip install --no-deps .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin singr
COPY --from=build /opt/singr /opt/singr
COPY --chmod=755 deploy/entrypoint /usr/local/bin/entrypoint
ENV PATH=/opt/singr/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8080
USER singr
WORKDIR /tmp
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=4)"]
ENTRYPOINT ["entrypoint"]
CMD ["serve"]
