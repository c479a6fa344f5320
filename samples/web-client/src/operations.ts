// What the page asks. `npm run codegen` makes the types of variables and answers of it.
import { graphql } from './generated';

export const Videos = graphql(`
  query Videos {
    videos(first: 20) {
      nodes {
        id
        fileName
        jobs(first: 1) {
          nodes {
            id
            status
          }
        }
      }
    }
  }
`);

export const StartJob = graphql(`
  mutation StartJob($video: ID!, $pipeline: String!) {
    startJob(input: { videoId: $video, pipeline: $pipeline }) {
      job {
        id
      }
      errors {
        message
      }
    }
  }
`);

export const Progress = graphql(`
  subscription Progress($job: ID!, $after: Position) {
    jobProgress(jobId: $job, after: $after) {
      __typename
      position
      percent
      remainingSeconds
      isEstimate
      ... on AttemptRequested {
        stage
        item
      }
      ... on AttemptReported {
        stage
        item
        activity
      }
      ... on AttemptFailed {
        stage
        item
        reason
      }
      ... on ItemSettled {
        stage
        item
        isSkipped
      }
      ... on JobEnded {
        status
        reason
      }
    }
  }
`);
