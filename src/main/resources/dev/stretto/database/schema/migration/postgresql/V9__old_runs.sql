-- A launch asks for the executions that run, for those of a job instance, and for the steps and
-- parameters of one: each is found without passing those of years. Nothing but their keys had an
-- index here.
create index batch_job_execution_unfinished on batch_job_execution (job_execution_id)
  where status in ('STARTING', 'STARTED', 'STOPPING');
create index batch_job_execution_of_instance on batch_job_execution (job_instance_id, job_execution_id);
create index batch_job_execution_params_of_execution on batch_job_execution_params (job_execution_id);
create index batch_step_execution_of_execution on batch_step_execution (job_execution_id);
