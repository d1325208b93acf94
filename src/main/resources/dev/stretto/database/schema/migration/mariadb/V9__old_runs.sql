-- A launch asks for the executions that run: found without passing those of years.
create index batch_job_execution_status on BATCH_JOB_EXECUTION (status);
