"""The benchmarks, a module each for what is measured.

world     the stack of the run, its processes, their CPU time and memory, how figures are printed
create    CreateArticle beside two appends in a row
visible   from publishing to a partner's seeing it
start     starting with 100,000 articles, and what an article takes in memory
http      serving feeds beside nginx
scale     10,000 articles beside 1,000,000
owner     owning partitions, by the record, and a look at what is due
beacon    views over HTTP beside nginx
counting  views to totals beside Kafka Streams, and beside reading alone
reading   counts over gRPC
translation  the translation queue beside BullMQ, and with many open jobs
"""
