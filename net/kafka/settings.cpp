#include "net/kafka/settings.hpp"

#include "config/config.hpp"

namespace jobraker::net::kafka {

Settings settings_of(const KafkaConfig& config) {
  Settings settings;
  settings.brokers = config.brokers;
  settings.client_id = config.client_id;
  settings.topic_prefix = config.topic_prefix;
  settings.group_prefix = config.group_prefix;
  settings.compression = config.compression;
  settings.security_protocol = config.security_protocol;
  settings.ca_file = config.ca_file;
  settings.sasl_mechanism = config.sasl_mechanism;
  settings.sasl_username = config.sasl_username;
  settings.sasl_password = config.sasl_password;
  settings.linger = std::chrono::milliseconds{config.linger_ms};
  settings.delivery_timeout = std::chrono::milliseconds{config.delivery_timeout_ms};
  return settings;
}

std::string topic_name(std::string_view prefix, Topic topic) {
  std::string name{prefix};
  name += name_of(topic);
  return name;
}

std::optional<Topic> topic_of(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix))
    return std::nullopt;
  return enum_from<Topic>(name.substr(prefix.size()));
}

std::string dead_letter_topic(std::string_view topic) { return std::string{topic} + ".dlq"; }

std::vector<std::string> all_topic_names(std::string_view prefix) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < topic_count; ++i)
    names.push_back(topic_name(prefix, static_cast<Topic>(i)));
  return names;
}

}  // namespace jobraker::net::kafka
