CREATE TABLE `coursewarehistoryextended_studentmodulehistoryextended` (
  `version` varchar(255) DEFAULT NULL,
  `created` datetime(6) NOT NULL,
  `state` longtext,
  `grade` double DEFAULT NULL,
  `max_grade` double DEFAULT NULL,
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `student_module_id` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  KEY `coursewarehistoryextended_s_version_d66288c3` (`version`),
  KEY `coursewarehistoryextended_s_created_2cf0c3be` (`created`),
  KEY `coursewarehistoryextended_s_student_module_id_48320e41` (`student_module_id`),
  KEY `coursewarehistoryextended_student_module_id_48320e41_idx` (`student_module_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
