/* What a delivery costs at least: one send() to each of so many sockets, in a plain loop, over and over.
 *
 * sending SOCKETS BYTES ROUNDS MS CORE: a child holds the other ends and reads all that comes; between rounds the parent
 * waits until it has, and so many milliseconds longer. Prints the parent's CPU (nanoseconds) for one send(), loop included.
 * The parent stays on its core. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 512, ROOM = 1 << 16 };

static void must(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static double cpu_ns(void) {
    struct timespec now;
    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "clock_gettime");
    return now.tv_sec * 1e9 + now.tv_nsec;
}

/* Connect all, then read; say so down the pipe whenever a round is complete. */
static void receive(struct sockaddr_in server, int sockets, long bytes, int done) {
    static char room[ROOM];
    struct epoll_event ready[AT_ONCE];
    int poll = epoll_create1(0);
    long missing = sockets * bytes;
    for (int n = 0; n < sockets; n++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        must(fd >= 0 && connect(fd, (struct sockaddr *)&server, sizeof server) == 0, "connect");
        struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
        must(epoll_ctl(poll, EPOLL_CTL_ADD, fd, &wanted) == 0, "epoll_ctl");
    }
    for (;;) {
        int many = epoll_wait(poll, ready, AT_ONCE, -1);
        for (int n = 0; n < many; n++) {
            ssize_t got = recv(ready[n].data.fd, room, ROOM, 0);
            if (got <= 0) exit(0);
            missing -= got;
        }
        if (missing == 0) {
            must(write(done, "", 1) == 1, "write");
            missing = sockets * bytes;
        }
    }
}

int main(int count, char **given) {
    must(count == 6, "sending SOCKETS BYTES ROUNDS MS CORE");
    int sockets = atoi(given[1]), rounds = atoi(given[3]), yes = 1, done[2];
    long bytes = atol(given[2]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    must(bind(listener, (struct sockaddr *)&here, size) == 0 && listen(listener, 128) == 0, "listen");
    getsockname(listener, (struct sockaddr *)&here, &size);
    must(pipe(done) == 0, "pipe");
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        receive(here, sockets, bytes, done[1]);
    }
    close(done[1]);
    cpu_set_t core;
    CPU_ZERO(&core);
    CPU_SET(atoi(given[5]), &core);
    must(sched_setaffinity(0, sizeof core, &core) == 0, "sched_setaffinity");
    int *clients = calloc(sockets, sizeof *clients);
    char *frame = calloc(1, bytes), told;
    for (int n = 0; n < sockets; n++) {
        must((clients[n] = accept(listener, NULL, NULL)) >= 0, "accept");
        setsockopt(clients[n], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
    double spent = 0;
    for (int round = 0; round < rounds; round++) {
        double before = cpu_ns();
        for (int n = 0; n < sockets; n++) must(send(clients[n], frame, bytes, 0) == bytes, "send");
        spent += cpu_ns() - before;
        must(read(done[0], &told, 1) == 1, "read");
        usleep(atoi(given[4]) * 1000);
    }
    kill(child, SIGKILL);
    printf("%.1f\n", spent / rounds / sockets);
    return 0;
}
