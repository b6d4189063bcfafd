/*
 * What GitLab asks of Redis for one event with a total and two unique rules, from one connection a thread:
 *   INCR total; TTL total; and for users and for projects: MULTI, PFADD, EXPIRE, EXEC.
 * redis_client ADDRESS THREADS SECONDS batched|single
 * ADDRESS is a Unix socket or host:port. batched: a transaction is one round trip, as redis-rb sends `multi` blocks;
 * single: each command is one. Prints events a second.
 */

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_THREADS = 256, EXPIRY = 6 * 7 * 24 * 3600 };

static const char *address;
static int batched;
static double deadline;

typedef struct {
  pthread_t thread;
  unsigned seed;
  long events;
} Client;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what) {
  fprintf(stderr, "redis_client: %s\n", what);
  exit(1);
}

static redisContext *connect_to_server(void) {
  redisContext *redis;
  const char *colon = strrchr(address, ':');
  if (colon == NULL) {
    redis = redisConnectUnix(address);
  } else {
    char host[64];
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    redis = redisConnect(host, atoi(colon + 1));
  }
  if (redis == NULL || redis->err) die(redis ? redis->errstr : "out of memory");
  return redis;
}

/* Sends what has been appended and reads that many replies. */
static void read_replies(redisContext *redis, int count) {
  while (count-- > 0) {
    redisReply *reply;
    if (redisGetReply(redis, (void **)&reply) != REDIS_OK) die(redis->errstr);
    if (reply->type == REDIS_REPLY_ERROR) die(reply->str);
    freeReplyObject(reply);
  }
}

/* Ends a command where each one is a round trip. */
static void end_command(redisContext *redis) {
  if (!batched) read_replies(redis, 1);
}

static void count_event(redisContext *redis) {
  redisAppendCommand(redis, "INCR {event_counters}_e1");
  read_replies(redis, 1);
  redisAppendCommand(redis, "TTL {event_counters}_e1");
  read_replies(redis, 1);
}

static void count_unique(redisContext *redis, const char *key, unsigned id) {
  redisAppendCommand(redis, "MULTI");
  end_command(redis);
  redisAppendCommand(redis, "PFADD %s %u", key, id);
  end_command(redis);
  redisAppendCommand(redis, "EXPIRE %s %d", key, EXPIRY);
  end_command(redis);
  redisAppendCommand(redis, "EXEC");
  read_replies(redis, batched ? 4 : 1);
}

static void *track(void *argument) {
  Client *client = argument;
  redisContext *redis = connect_to_server();
  while (now() < deadline) {
    count_event(redis);
    count_unique(redis, "{hll_counters}_e1-user-2026-01", (unsigned)rand_r(&client->seed) % 1000000 + 1);
    count_unique(redis, "{hll_counters}_e1-project-2026-01", (unsigned)rand_r(&client->seed) % 10000 + 1);
    client->events++;
  }
  redisFree(redis);
  return NULL;
}

int main(int argc, char **argv) {
  static Client clients[MAX_THREADS];
  if (argc != 5) die("usage: redis_client ADDRESS THREADS SECONDS batched|single");
  address = argv[1];
  const int threads = atoi(argv[2]);
  const double seconds = atof(argv[3]);
  batched = strcmp(argv[4], "batched") == 0;
  if (threads < 1 || threads > MAX_THREADS) die("THREADS is from 1 to 256");

  const double begun = now();
  deadline = begun + seconds;
  for (int i = 0; i < threads; i++) {
    clients[i].seed = (unsigned)i + 1;
    if (pthread_create(&clients[i].thread, NULL, track, &clients[i]) != 0) die("could not start a thread");
  }
  long events = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(clients[i].thread, NULL);
    events += clients[i].events;
  }
  printf("%.1f\n", (double)events / (now() - begun));
  return 0;
}
