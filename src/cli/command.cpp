#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <utility>

namespace internal_events::cli {

Option Option::type(const std::string &name) {
  option_->type_name(name);
  return *this;
}

Option Option::group(const std::string &heading) {
  option_->group(heading);
  return *this;
}

Option Option::shows_default() {
  option_->capture_default_str();
  return *this;
}

Option Option::required() {
  option_->required();
  return *this;
}

Option Option::excludes(Option other) {
  option_->excludes(other.option_);
  return *this;
}

Option Option::environment(const std::string &variable) {
  option_->envname(variable);
  return *this;
}

Option Option::one_of(const std::vector<std::string> &values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

template <typename Number>
Option Option::between(Number least, Number most) {
  option_->check(CLI::Range(least, most));
  return *this;
}
template Option Option::between(int least, int most);
template Option Option::between(unsigned least, unsigned most);
template Option Option::between(double least, double most);

Option Option::check(const std::function<std::string(const std::string &)> &fault) {
  option_->check(fault);
  return *this;
}

Command Command::add_command(const std::string &name, const std::string &summary, const std::string &examples) {
  CLI::App *command = app_->add_subcommand(name, summary);
  command->set_help_all_flag();
  command->footer("Examples:\n" + examples);
  return Command(*command);
}

void Command::require_command() {
  app_->require_subcommand(1);
}

void Command::on_run(std::function<Exit()> run) {
  app_->callback([run = std::move(run)] {
    const Exit status = run();
    if (status != Exit::good) throw CLI::RuntimeError(static_cast<int>(status));
  });
}

Option Command::add_flag(const std::string &names, bool &is_there, const std::string &text) {
  return Option(app_->add_flag(names, is_there, text));
}

template <typename Value>
Option Command::add_option(const std::string &names, Value &value, const std::string &text) {
  return Option(app_->add_option(names, value, text));
}
template Option Command::add_option(const std::string &, std::string &, const std::string &);
template Option Command::add_option(const std::string &, std::optional<std::string> &, const std::string &);
template Option Command::add_option(const std::string &, std::vector<std::string> &, const std::string &);
template Option Command::add_option(const std::string &, int &, const std::string &);
template Option Command::add_option(const std::string &, unsigned &, const std::string &);
template Option Command::add_option(const std::string &, std::optional<std::int64_t> &, const std::string &);
template Option Command::add_option(const std::string &, double &, const std::string &);

Option Command::add_repeated(const std::string &names, std::vector<std::string> &values, const std::string &text) {
  return Option(app_->add_option(names, values, text)->allow_extra_args(false));
}

Option Command::add_list(const std::string &names, std::vector<std::string> &values, const std::string &text) {
  return Option(app_->add_option(names, values, text)->delimiter(',')->allow_extra_args(false)->type_name("LIST"));
}

}  // namespace internal_events::cli
