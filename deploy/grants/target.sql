-- The account Widekey uses on the target. Change the password; it goes into the configuration's target section.
-- Run this as an administrator once the table exists.
CREATE USER IF NOT EXISTS 'widekey'@'%' IDENTIFIED BY 'change-me' REQUIRE SSL;

-- Write the table that is moved to; ALTER reserves the id gap
-- and, with backfill.indexes: late, drops and builds the indexes, TRIGGER shows whether the table has triggers.
GRANT SELECT, INSERT, UPDATE, DELETE, ALTER, TRIGGER
  ON `edxapp_csmh`.`coursewarehistoryextended_studentmodulehistoryextended` TO 'widekey'@'%';

-- Fence or seal the table, and read the change stream back afterwards. With cutover.rollback: false, a rolling cutover needs none of it, and a
-- fenced one not the second line. The server has to run with log_bin_trust_function_creators=ON.
GRANT LOCK TABLES ON `edxapp_csmh`.* TO 'widekey'@'%';
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'widekey'@'%';

-- See how busy the server is; not needed with throttle.mode off. Where throttle.target-replicas are named, REPLICATION CLIENT too.
GRANT PROCESS ON *.* TO 'widekey'@'%';

-- Keep progress, ownership and the flags.
CREATE DATABASE IF NOT EXISTS `widekey`;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `widekey`.* TO 'widekey'@'%';

-- Only needed for check --pilot: make and drop the table a sample is copied into. Its name ends in the migration's id.
-- With REPLICATION CLIENT ON *.* the pilot also says how much binlog the target writes.
GRANT CREATE, ALTER, DROP ON `widekey`.`pilot_csmh` TO 'widekey'@'%';
