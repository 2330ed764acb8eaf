"""The local stack: a real broker, a real Redis and the services, on loopback.

settings   where things lie, which ports, what is remembered between two commands
processes  start, stop and kill by pid *and* start time; who holds a port
broker     Kafka from Maven artifacts: fetch, format, start, ready
redis      a Redis without persistence
services   tokens, the environment of each service, topics, readiness
"""


class StackError(Exception):
    """What a person can do something about; printed without a traceback."""
