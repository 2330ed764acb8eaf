"""The local stack: a real broker, a real Redis and the services, on loopback.

settings   where things lie, which ports, what is remembered between two commands
ports      which are free, who holds one, which the kernel gives to outgoing connections
processes  start, stop and kill by pid *and* start time
supervisor the parent of one service, a program of its own: restarts it, records its exits
supervised a process that has such a parent, or has lost it
broker     Kafka from Maven artifacts: fetch, format, start, ready
redis      a Redis without persistence
services   the environment of each service, topics, readiness
tokens     of the services and of telexctl
stack      what each command does
"""


class StackError(Exception):
    """What a person can do something about; printed without a traceback."""
