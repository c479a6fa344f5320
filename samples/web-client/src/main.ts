// Lists videos, starts a job over one, and shows how far it is. The address keeps the job, so that a reload goes on with it.
import { ask, follow } from './api';
import type { ProgressSubscription } from './generated/graphql';
import { Progress, StartJob, Videos } from './operations';

type Step = ProgressSubscription['jobProgress'];

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const pipeline = new URLSearchParams(location.search).get('pipeline') ?? 'lecture-highlights';

async function listVideos() {
  const { videos } = await ask(Videos, {});
  element('videos').replaceChildren(
    ...videos.nodes.map((video) => {
      const start = document.createElement('button');
      start.textContent = 'Start a job';
      start.onclick = () => attempt(() => startJob(video.id));
      const line = document.createElement('li');
      const latest = video.jobs.nodes[0];
      line.append(`${video.fileName}${latest ? ` (${latest.status})` : ''}`, start);
      return line;
    }),
  );
}

async function startJob(video: string) {
  const { startJob } = await ask(StartJob, { video, pipeline });
  if (!startJob.job || startJob.errors.length > 0) throw new Error(startJob.errors.map((error) => error.message).join(' '));
  location.hash = startJob.job.id;
}

async function followJob(job: string) {
  element('job').hidden = false;
  element('job-id').textContent = job;
  element('steps').replaceChildren();
  const steps = follow(
    Progress,
    { job, after: null },
    (event) => event.jobProgress.position,
    (reason) => (element('state').textContent = `Interrupted (${reason}), going on in a moment.`),
  );
  for await (const { jobProgress } of steps) {
    if (decodeURIComponent(location.hash.slice(1)) !== job) return;
    show(jobProgress);
  }
  await listVideos();
}

function show(step: Step) {
  element<HTMLProgressElement>('percent').value = step.percent;
  const left = step.remainingSeconds == null ? '' : `, about ${Math.ceil(step.remainingSeconds)} s left`;
  element('state').textContent = `${step.percent.toFixed(0)} %${left}`;
  if (step.isEstimate) return; // Only events of the log become lines.
  const line = document.createElement('li');
  line.textContent = sentence(step);
  line.dataset.position = step.position;
  element('steps').append(line);
}

function sentence(step: Step): string {
  switch (step.__typename) {
    case 'AttemptRequested':
      return `${step.stage}, ${step.item}: requested`;
    case 'AttemptFailed':
      return `${step.stage}, ${step.item}: ${step.reason}`;
    case 'ItemSettled':
      return `${step.stage}, ${step.item}: ${step.isSkipped ? 'skipped' : 'done'}`;
    case 'JobEnded':
      return `The job is ${step.status.toLowerCase()}. ${step.reason ?? ''}`;
    default:
      return step.__typename;
  }
}

async function attempt(work: () => Promise<void>) {
  const problem = element('problem');
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    problem.textContent = `${error instanceof Error ? error.message : error}`;
    problem.hidden = false;
  }
}

const followAddress = () => location.hash && attempt(() => followJob(decodeURIComponent(location.hash.slice(1))));
window.onhashchange = followAddress;
void attempt(listVideos);
void followAddress();
