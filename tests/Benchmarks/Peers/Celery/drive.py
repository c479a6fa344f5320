"""drive.py burst N: submits jobs at once. drive.py sequence N WARM: runs them one after the other and prints their times in ms."""

import json
import sys
import time
import uuid

import psycopg2
import redis

import tasks

postgres = psycopg2.connect(tasks.POSTGRES)
postgres.autocommit = True
cursor = postgres.cursor()


def submit(job):
    cursor.execute("insert into jobs (id, status) values (%s, 'queued')", (job,))
    tasks.submit(job)


def burst(count):
    tasks.app.connection_for_write().connect()
    print("go", time.time(), flush=True)
    for _ in range(count):
        submit(str(uuid.uuid4()))


def follow(job, subscription):
    """Times from the moment that each stage reported its progress until it was heard here."""
    delays = []
    for message in subscription.listen():
        if message["type"] == "message":
            progress = json.loads(message["data"])
            delays.append((time.time() - progress["at"]) * 1000)
            if progress["status"] == "finished":
                return delays


def sequence(count, warm):
    client = redis.Redis.from_url(tasks.PROGRESS)
    jobs, progress = [], []
    for number in range(-warm, count):
        job = str(uuid.uuid4())
        subscription = client.pubsub()
        subscription.subscribe("progress:" + job)
        subscription.get_message(timeout=1)
        start = time.time()
        submit(job)
        delays = follow(job, subscription)
        if number >= 0:
            jobs.append((time.time() - start) * 1000)
            progress += delays
        subscription.close()
    print(json.dumps({"jobs": jobs, "progress": progress}))


if sys.argv[1] == "burst":
    burst(int(sys.argv[2]))
else:
    sequence(int(sys.argv[2]), int(sys.argv[3]))
