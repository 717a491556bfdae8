/** Schedules of checks, and what people do with them. */
import { graphql } from '../../../gql'

export const ScheduleRow_schedule = graphql(`
  fragment ScheduleRow_schedule on CheckSchedule {
    id
    cron
    timezone
    enabled
    allRules
    nextRuns(count: 3)
    rules {
      id
      name
    }
    lastRun {
      id
      status
    }
    dataset {
      id
      name
      slug
      viewerLevel
    }
  }
`)

export const DatasetSchedulesQuery = graphql(`
  query DatasetSchedules($datasetId: ID!) {
    dataset(id: $datasetId) {
      id
      checkSchedules {
        id
        ...ScheduleRow_schedule
      }
    }
  }
`)

/** When a schedule would be due that nobody has saved. */
export const NextTimesQuery = graphql(`
  query NextTimes($cron: String!, $timezone: String!) {
    checkScheduleTimes(cron: $cron, timezone: $timezone, count: 5)
  }
`)

export const CreateCheckSchedule = graphql(`
  mutation CreateCheckSchedule($input: CreateCheckScheduleInput!) {
    createCheckSchedule(input: $input) {
      schedule {
        id
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

export const UpdateCheckSchedule = graphql(`
  mutation UpdateCheckSchedule($input: UpdateCheckScheduleInput!) {
    updateCheckSchedule(input: $input) {
      schedule {
        id
        ...ScheduleRow_schedule
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

export const DeleteCheckSchedule = graphql(`
  mutation DeleteCheckSchedule($input: DeleteCheckScheduleInput!) {
    deleteCheckSchedule(input: $input) {
      deletedId
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)
