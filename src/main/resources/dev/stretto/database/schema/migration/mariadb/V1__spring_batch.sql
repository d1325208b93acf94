-- The job repository, as Spring Batch 6 expects it: MariaDB tells upper case from lower in the names
-- of tables, and Spring Batch writes them in upper case.
create table BATCH_JOB_INSTANCE (
  job_instance_id bigint primary key,
  version bigint,
  job_name varchar(100) not null,
  job_key varchar(32) not null,
  constraint job_inst_un unique (job_name, job_key)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create table BATCH_JOB_EXECUTION (
  job_execution_id bigint primary key,
  version bigint,
  job_instance_id bigint not null,
  create_time datetime(6) not null,
  start_time datetime(6),
  end_time datetime(6),
  status varchar(10),
  exit_code varchar(2500),
  exit_message varchar(2500),
  last_updated datetime(6),
  constraint job_inst_exec_fk foreign key (job_instance_id) references BATCH_JOB_INSTANCE (job_instance_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create table BATCH_JOB_EXECUTION_PARAMS (
  job_execution_id bigint not null,
  parameter_name varchar(100) not null,
  parameter_type varchar(100) not null,
  parameter_value varchar(2500),
  identifying char(1) not null,
  constraint job_exec_params_fk foreign key (job_execution_id) references BATCH_JOB_EXECUTION (job_execution_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create table BATCH_STEP_EXECUTION (
  step_execution_id bigint primary key,
  version bigint not null,
  step_name varchar(100) not null,
  job_execution_id bigint not null,
  create_time datetime(6) not null,
  start_time datetime(6),
  end_time datetime(6),
  status varchar(10),
  commit_count bigint,
  read_count bigint,
  filter_count bigint,
  write_count bigint,
  read_skip_count bigint,
  write_skip_count bigint,
  process_skip_count bigint,
  rollback_count bigint,
  exit_code varchar(2500),
  exit_message varchar(2500),
  last_updated datetime(6),
  constraint job_exec_step_fk foreign key (job_execution_id) references BATCH_JOB_EXECUTION (job_execution_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create table BATCH_STEP_EXECUTION_CONTEXT (
  step_execution_id bigint not null primary key,
  short_context varchar(2500) not null,
  serialized_context longtext,
  constraint step_exec_ctx_fk foreign key (step_execution_id) references BATCH_STEP_EXECUTION (step_execution_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create table BATCH_JOB_EXECUTION_CONTEXT (
  job_execution_id bigint not null primary key,
  short_context varchar(2500) not null,
  serialized_context longtext,
  constraint job_exec_ctx_fk foreign key (job_execution_id) references BATCH_JOB_EXECUTION (job_execution_id)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_nopad_bin;

create sequence BATCH_STEP_EXECUTION_SEQ start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 1 nocache nocycle engine=InnoDB;
create sequence BATCH_JOB_EXECUTION_SEQ start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 1 nocache nocycle engine=InnoDB;
create sequence BATCH_JOB_INSTANCE_SEQ start with 1 minvalue 1 maxvalue 9223372036854775806 increment by 1 nocache nocycle engine=InnoDB;
