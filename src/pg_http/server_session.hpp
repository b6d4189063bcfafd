// The session that calls a procedure, as the core needs one to deliver from.
#pragma once

#include <string>
#include <vector>

#include "core/delivery/session.hpp"
#include "pg_http/steps.hpp"

namespace internal_events::pg {

class ServerSession : public core::Session {
 public:
  explicit ServerSession(FunctionCallInfo fcinfo) : steps_(fcinfo) {}

  // Throws within a transaction: `procedure` waits for the network, which must not be done there.
  void refuse_atomic(const char *procedure) const { steps_.refuse_atomic(procedure); }

  bool is_atomic() const override { return steps_.is_atomic(); }
  std::vector<Row> run_all(const Statement &statement) override;
  std::string setting(const char *name) override;
  std::string user_agent() const override;
  void check() override;
  void wait(std::chrono::milliseconds span) override;

 private:
  Steps steps_;
};

}  // namespace internal_events::pg
