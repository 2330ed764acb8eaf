// BullMQ as the rival of the translation queue: jobs put in, then claimed and completed by so many
// loops at once, by hand (getNextJob, moveToCompleted). One line of JSON.
//   node cycles.mjs PORT JOBS LOOPS PAYLOAD_BYTES
import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import Redis from 'ioredis';

const [port, jobs, loops, payloadBytes] = process.argv.slice(2).map(Number);
const ADDED_AT_ONCE = 1_000;
const KEPT = 1_000; // of what is completed
const NAME = 'translations';

const connections = [];
function connect() {
  // Commands of one turn of the event loop go out together: quicker than without.
  connections.push(new Redis({ port, maxRetriesPerRequest: null, enableAutoPipelining: true }));
  return connections.at(-1);
}

async function measured(work) {
  const [start, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, cpu_seconds: (user + system) / 1e6 };
}

async function add(queue) {
  const text = 'x'.repeat(payloadBytes);
  for (let first = 0; first < jobs; first += ADDED_AT_ONCE) {
    const bulk = [];
    for (let n = first; n < Math.min(first + ADDED_AT_ONCE, jobs); ++n) {
      bulk.push({ name: 'es', data: { article: `story-${n}`, text }, opts: { removeOnComplete: { count: KEPT } } });
    }
    await queue.addBulk(bulk);
  }
}

// A completion brings the next job with it, in the same round trip.
async function loop(worker) {
  const token = randomUUID();
  let done = 0;
  for (let job = await worker.getNextJob(token, { block: false }); job; ++done) {
    const [data, id] = await job.moveToCompleted('done', token, true);
    job = data ? await worker.nextJobFromJobData(data, id, token) : undefined;
  }
  return done;
}

const queue = new Queue(NAME, { connection: connect() });
await queue.obliterate({ force: true });
const added = await measured(() => add(queue));
// Locks are not renewed and nobody looks for stalled jobs: nothing runs beside the loops.
const worker = new Worker(NAME, null, { connection: connect(), autorun: false, lockDuration: 600_000 });
await worker.waitUntilReady();
let done = 0;
const cycles = await measured(async () => {
  const counts = await Promise.all(Array.from({ length: loops }, () => loop(worker)));
  done = counts.reduce((sum, count) => sum + count, 0);
});
if (done !== jobs) throw new Error(`${done} of ${jobs} jobs were completed`);
await queue.obliterate({ force: true });
await worker.close();
await queue.close();
for (const connection of connections) connection.disconnect();
console.log(JSON.stringify({ jobs, added, cycles }));
