#pragma once

#include <optional>
#include <string>

#include "tools/ctl/session.hpp"

namespace jobraker::ctl {

/// A session in a file that only its owner can read (mode 0600, in a folder of mode 0700).
class SessionFile {
public:
  explicit SessionFile(std::string path) : path_(std::move(path)) {}
  const std::string& path() const noexcept { return path_; }

  /// Nothing when there is none, or it cannot be read.
  std::optional<Session> read() const;
  /// Replaces it as a whole. What went wrong; empty when nothing did.
  std::string write(const Session& session) const;
  void remove() const;

  /// Held while a refresh token is exchanged: each counts once, and a second use ends the session.
  class Lock {
  public:
    explicit Lock(const SessionFile& file);
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    int handle_;
  };

private:
  std::string path_;
};

/// The content of a file, at most 1 MB; `problem` says why there is none.
std::string read_file(const std::string& path, std::string& problem);

}  // namespace jobraker::ctl
