#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/commands.hpp"

namespace internal_events::cli {
namespace {

// What may follow a subcommand, and what may follow each of its options that names its values.
struct Words {
  std::string path;  // of subcommands: "ping send"; empty: the command itself
  std::string words;
  std::vector<std::pair<std::string, std::string>> values;  // by option: "--format" and "text github json"
};

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// An option's names as they are written.
std::vector<std::string> names_of(const CLI::Option &option) {
  std::vector<std::string> names;
  for (const std::string &name : option.get_snames()) names.push_back("-" + name);
  for (const std::string &name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// The values that an option lists in its help as {a,b,c}.
std::string listed_values(const CLI::Option &option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return "";
  std::string values = type.substr(begin + 1, end - begin - 1);
  for (char &c : values) {
    if (c == ',') c = ' ';
  }
  return values;
}

// Adds a command, and those below it.
void collect(const CLI::App &app, const std::string &path, std::vector<Words> &found) {
  Words here{path, "", {}};
  std::vector<std::string> words;
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; })) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option *option : app.get_options()) {
    if (option->get_positional() && !listed_values(*option).empty())
      words.insert(words.begin(), listed_values(*option));
    for (const std::string &name : names_of(*option)) {
      words.push_back(name);
      if (const std::string values = listed_values(*option); !values.empty()) here.values.emplace_back(name, values);
    }
  }
  here.words = joined(words);
  found.push_back(here);
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; })) {
    collect(*command, path + (path.empty() ? "" : " ") + command->get_name(), found);
  }
}

// The script for bash; zsh reads the same by its bashcompinit, where `words` is taken and there is no mapfile.
void print_script(const std::vector<Words> &commands) {
  std::cout << "_internal_events() {\n"
               "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' "
               "choice='' word\n"
               // bash takes --option=value apart.
               "    if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then "
               "previous=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
               "    for word in \"${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}\"; do\n"
               "        case \"${command:+$command }$word\" in\n";
  for (const Words &words : commands) {
    if (!words.path.empty()) std::cout << "            '" << words.path << "') command='" << words.path << "' ;;\n";
  }
  std::cout << "        esac\n"
               "    done\n"
               "    case \"$command:$previous\" in\n";
  for (const Words &words : commands) {
    for (const auto &[option, values] : words.values) {
      std::cout << "        '" << words.path << ':' << option << "') choice='" << values << "' ;;\n";
    }
  }
  std::cout << "    esac\n"
               "    if [[ -z $choice ]]; then\n"
               "        case $command in\n";
  for (const Words &words : commands) {
    std::cout << "            '" << words.path << "') choice='" << words.words << "' ;;\n";
  }
  std::cout << "        esac\n"
               "        if [[ -n $command && $current != -* && $choice != [a-z]* ]]; then choice=; fi\n"
               "    fi\n"
               "    COMPREPLY=($(compgen -W \"$choice\" -- \"$current\"))\n"
               "}\n"
               "complete -o default -F _internal_events internal-events\n";
}

}  // namespace

void add_completion(Command app) {
  auto shell = std::make_shared<std::string>("bash");
  Command command = app.add_command("completion", "Print the completion script of a shell",
                                    "  source <(internal-events completion bash)\n"
                                    "  internal-events completion zsh >>~/.zshrc");
  command.add_option("SHELL", *shell, "bash or zsh").one_of({"bash", "zsh"});
  command.on_run([app, shell] {
    std::vector<Words> commands;
    collect(app.app(), "", commands);
    if (*shell == "zsh")
      std::cout << "(( $+functions[compdef] )) || { autoload -U compinit && compinit; }\n"
                   "autoload -U +X bashcompinit && bashcompinit\n";
    print_script(commands);
    return Exit::good;
  });
}

}  // namespace internal_events::cli
