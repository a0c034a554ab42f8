"""Security events: lines of the logger `singr.security`, each with an `event` that alerts can rely on.

A line's words may change, its event does not. Fields: `user` (id), `address` (the caller's IP address), `by` (who did
it to somebody else), `tenant`, and what the event needs. Never a password, a token, a code, an address of mail or
a phone number; a test listens to a whole evening. Sentry gets the same lines as breadcrumbs, without addresses.
"""

from __future__ import annotations

LOGGER = "singr.security"

EVENTS = {
    "signed in": "sign-in",
    "signed in by link": "sign-in-by-link",
    "sign-in refused": "sign-in-refused",
    "sign-in by provider added": "provider-linked",
    "locked out": "lock-out",
    "signed out": "sign-out",
    "signed out everywhere": "sign-out-everywhere",
    "refresh token reused, session ended": "refresh-reuse",
    "session cookie refused": "cookie-refused",
    "context switched": "context-switched",
    "registration": "registration",
    "address confirmed": "address-confirmed",
    "e-mail address changed": "address-changed",
    "password forgotten": "password-forgotten",
    "password reset, signed out everywhere": "password-reset",
    "password changed, signed out everywhere": "password-changed",
    "password not confirmed": "password-not-confirmed",
    "second factor on": "second-factor-on",
    "second factor off": "second-factor-off",
    "second factor refused": "second-factor-refused",
    "recovery code used": "recovery-code-used",
    "phone for codes set": "phone-set",
    "phone for codes removed": "phone-removed",
    "code sent by text": "code-sent",
    "account deleted": "account-deleted",
    "member invited": "member-invited",
    "invitation accepted": "invitation-accepted",
    "member changed": "role-changed",
    "member revoked": "member-revoked",
    "API key issued": "api-key-issued",
    "API key rotated": "api-key-rotated",
    "API key revoked": "api-key-revoked",
    "signing keys rotated: restart every process with the new value": "signing-keys-rotated",
}
"""What a line says, and the event's name."""
