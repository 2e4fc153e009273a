#include "net/kafka/settings.hpp"

#include <gtest/gtest.h>

#include "config/config.hpp"

namespace jobraker::net::kafka {
namespace {

TEST(TopicName, IsThePrefixAndTheStream) {
  EXPECT_EQ(topic_name("eu.", Topic::job_posted), "eu.job-posted");
  EXPECT_EQ(dead_letter_topic(topic_name("", Topic::llm_call)), "llm-call.dlq");
  for (const auto prefix : {"", "eu."})
    for (const auto& name : all_topic_names(prefix)) {
      const auto topic = topic_of(prefix, name);
      ASSERT_TRUE(topic) << name;
      EXPECT_EQ(topic_name(prefix, *topic), name);
      EXPECT_FALSE(topic_of(prefix, dead_letter_topic(name)));
      EXPECT_FALSE(topic_of("us.", name));
    }
  EXPECT_EQ(all_topic_names("").size(), topic_count);
}

TEST(KafkaSettings, AreThoseOfTheConfiguration) {
  KafkaConfig config;
  config.brokers = "a:1,b:2";
  config.topic_prefix = "eu.";
  config.group_prefix = "eu-";
  config.client_id = "node-7";
  config.compression = "zstd";
  config.security_protocol = "sasl_ssl";
  config.ca_file = "/ca";
  config.sasl_mechanism = "SCRAM-SHA-512";
  config.sasl_username = "u";
  config.sasl_password = "p";
  config.linger_ms = 20;
  config.delivery_timeout_ms = 7000;
  const auto settings = settings_of(config);
  EXPECT_EQ(settings.brokers, "a:1,b:2");
  EXPECT_EQ(settings.topic_prefix, "eu.");
  EXPECT_EQ(settings.group_prefix, "eu-");
  EXPECT_EQ(settings.client_id, "node-7");
  EXPECT_EQ(settings.compression, "zstd");
  EXPECT_EQ(settings.security_protocol, "sasl_ssl");
  EXPECT_EQ(settings.ca_file, "/ca");
  EXPECT_EQ(settings.sasl_mechanism, "SCRAM-SHA-512");
  EXPECT_EQ(settings.sasl_username, "u");
  EXPECT_EQ(settings.sasl_password, "p");
  EXPECT_EQ(settings.linger.count(), 20);
  EXPECT_EQ(settings.delivery_timeout.count(), 7000);
}

}  // namespace
}  // namespace jobraker::net::kafka
