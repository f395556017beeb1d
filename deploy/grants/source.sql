-- The account Widekey uses on the source. Change the password; it goes into the configuration's source section.
-- Run this as an administrator once the table exists.
CREATE USER IF NOT EXISTS 'widekey'@'%' IDENTIFIED BY 'change-me' REQUIRE SSL;

-- Read the change stream, and learn where it stands.
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'widekey'@'%';

-- See how busy the server is; not needed with throttle.mode off.
GRANT PROCESS ON *.* TO 'widekey'@'%';

-- Read the table that is moved.
GRANT SELECT ON `edxapp`.`courseware_studentmodulehistory` TO 'widekey'@'%';

-- Fence or seal the table, and write rows back to it afterwards. With cutover.rollback: false, a rolling cutover needs none of it, and a fenced one
-- neither the last line nor more than TRIGGER of the first.
-- The server has to run with log_bin_trust_function_creators=ON, since a fence is made of triggers.
GRANT TRIGGER, INSERT, UPDATE, DELETE, ALTER ON `edxapp`.`courseware_studentmodulehistory` TO 'widekey'@'%';
GRANT LOCK TABLES ON `edxapp`.* TO 'widekey'@'%';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `widekey_back`.* TO 'widekey'@'%';

-- Only needed for classes under audit.classes that read another table, one line for each of these tables.
-- GRANT SELECT ON `edxapp`.`courseware_studentmodule` TO 'widekey'@'%';

-- Only needed for check to see which columns and views elsewhere hold the key in fewer than 64 bits, one line for each schema.
-- GRANT SELECT, SHOW VIEW ON `edxapp`.* TO 'widekey'@'%';

-- Only needed while the server runs without GTIDs (gtid_mode=OFF): a small table of marker rows.
CREATE DATABASE IF NOT EXISTS `widekey`;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON `widekey`.* TO 'widekey'@'%';
