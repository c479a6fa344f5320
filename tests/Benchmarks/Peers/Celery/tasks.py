"""The ten-stage no-op job as a Celery chain: at every stage one PostgreSQL transaction and one Redis progress message.

Settings come from the environment: PEER_REDIS, PEER_POSTGRES, PEER_STAGE_SECONDS, PEER_VISIBILITY_SECONDS and PEER_STEP_LOG."""

import json
import os
import time

import psycopg2
import redis
from celery import Celery, chain
from celery.signals import worker_process_init
from kombu.transport import redis as transport

STAGES = 10
REDIS = os.environ["PEER_REDIS"]
PROGRESS = REDIS + "/2"
POSTGRES = os.environ["PEER_POSTGRES"]
STAGE_SECONDS = float(os.environ["PEER_STAGE_SECONDS"])
STEP_LOG = os.environ.get("PEER_STEP_LOG")

app = Celery("tasks", broker=REDIS + "/0", backend=REDIS + "/1")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    broker_transport_options={"visibility_timeout": int(os.environ["PEER_VISIBILITY_SECONDS"])},
    result_expires=3600,
    task_track_started=False,
)

# With late acknowledgements and prefetch 1 the packaged kombu takes its next message only when a timer fires, 1 to 2 s
# later (celery issue 7718): the acknowledgement runs after the event loop has looked for room. Looking again helps.
acknowledge = transport.QoS.ack


def acknowledge_and_look_again(self, tag):
    acknowledge(self, tag)
    if cycle := getattr(self.channel.connection, "cycle", None):
        cycle.on_poll_start()


transport.QoS.ack = acknowledge_and_look_again

connections = {}


@worker_process_init.connect
def connect(**_):
    connections["postgres"] = psycopg2.connect(POSTGRES)
    connections["redis"] = redis.Redis.from_url(PROGRESS)
    if STEP_LOG:
        connections["steps"] = open(STEP_LOG, "a", buffering=1)


def run(stage, job):
    started = time.time()
    if STEP_LOG:
        connections["steps"].write(f"s {job} {stage}\n")
    if STAGE_SECONDS:
        time.sleep(STAGE_SECONDS)
    status = "finished" if stage == STAGES - 1 else "running"
    with connections["postgres"] as transaction, transaction.cursor() as cursor:
        cursor.execute("update jobs set status = %s, stage = %s where id = %s", (status, stage, job))
        cursor.execute("insert into stages (job, stage, started) values (%s, %s, %s)", (job, stage, started))
    progress = {"job": job, "stage": stage, "percent": (stage + 1) * 100 // STAGES, "status": status, "at": time.time()}
    connections["redis"].publish("progress:" + job, json.dumps(progress))
    return job


def make(stage):
    @app.task(name=f"stage{stage}")
    def task(job):
        return run(stage, job)

    return task


tasks = [make(stage) for stage in range(STAGES)]


def submit(job):
    chain(tasks[0].s(job), *[task.s() for task in tasks[1:]]).apply_async()
