#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace jobraker::inspection {

/// What actors had done at an earlier look, so that the present one tells how fast they are.
/// Actors' ids grow and are never given again, so they are their own hash: a look at 100,000 of
/// them finds its entries one after the other.
class Rates {
public:
  /// A look begins. One that follows the last too closely compares, but is not remembered.
  void begin(std::int64_t now_ns, std::size_t expected);

  struct Delta {
    bool known = false;  ///< it was there at the earlier look
    std::uint64_t messages = 0;
    std::uint64_t busy_ns = 0;
  };
  /// Remembers what an actor has done by now; what it did since the earlier look.
  Delta note(std::uint64_t id, std::uint64_t messages, std::uint64_t busy_ns);

  /// The look is over.
  void end();

  /// Seconds from the earlier look to this one; 0: there was none.
  double seconds() const noexcept { return seconds_; }

  /// Nobody looks any more.
  void forget();
  /// When the remembered look was; 0: there is none.
  std::int64_t remembered_ns() const noexcept { return past_.at_ns; }

private:
  struct Entry {
    std::uint64_t id = 0;  ///< 0: free
    std::uint64_t messages = 0;
    std::uint64_t busy_ns = 0;
  };
  struct Table {
    std::vector<Entry> entries{};
    std::size_t used = 0;
    std::int64_t at_ns = 0;

    void clear(std::size_t expected);
    const Entry* find(std::uint64_t id) const noexcept;
    void put(const Entry& entry);
  };

  Table past_{}, present_{};
  double seconds_ = 0;
  bool keeps_ = false;
};

}  // namespace jobraker::inspection
