#include "daemon/folder/real_disk.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/folder/bin.h"
#include "daemon/folder/names.h"
#include "daemon/folder/rules.h"
#include "daemon/folder/scan.h"
#include "daemon/folder/watch_table.h"
#include "daemon/folder/writer.h"

namespace plait::folder {

struct RealDisk::Parts {
  Parts(Root opened, Bin made, Rules kept, const Clock& its_clock, Random& random)
      : root(std::move(opened)),
        bin(std::move(made)),
        rules(std::move(kept)),
        writer(root, bin, random),
        clock(its_clock) {}

  const Root root;
  const Bin bin;
  // Those two belong to the lane of the rules.
  Rules rules;
  std::optional<WatchTable> watches{};
  bool has_swept = false;

  Writer writer;
  const Clock& clock;
  std::atomic<bool> is_gone = false;
  std::atomic<bool> rules_wait = false;

  Result<Scan> scan();
  void sweep(Scan& scan);
};

Result<Scan> RealDisk::Parts::scan() {
  OnFolder on_folder;
  if (watches)
    on_folder = [this](auto path, const auto& folder) { watches->add(path, folder); };
  auto found = scan_all(root, rules, on_folder);
  if (!found) return found;
  rules_wait = rules.is_waiting();
  if (watches) {
    std::set<std::string_view> folders{""};
    for (const auto& [path, stamp] : found->found) {
      if (stamp.kind == FileKind::Folder) folders.insert(path);
    }
    watches->retain(folders);
  }
  if (!std::exchange(has_swept, true)) sweep(*found);
  return found;
}

void RealDisk::Parts::sweep(Scan& scan) {
  std::erase_if(scan.left_out, [this](const LeftOut& left_out) {
    return writer.is_left_over(name_in(left_out.path)) &&
           writer.sweep(left_out.path).has_value();
  });
}

Result<std::unique_ptr<RealDisk>> RealDisk::open(loop::Loop& loop, const Settings& settings,
                                                 const Clock& clock, Random& random) {
  const std::filesystem::path state = settings.state_folder;
  auto root = Root::open(settings.folder, settings.umask, settings.abilities);
  if (!root) return forward_error(root);
  auto bin = Bin::open(state / "bin", clock);
  if (!bin) return forward_error(bin);
  auto rules = Rules::open(state / "rules");
  if (!rules) return forward_error(rules);
  auto parts = std::make_shared<Parts>(*std::move(root), *std::move(bin), *std::move(rules),
                                       clock, random);
  return std::unique_ptr<RealDisk>(new RealDisk(loop, std::move(parts)));
}

RealDisk::RealDisk(loop::Loop& loop, std::shared_ptr<Parts> parts)
    : loop_(&loop),
      parts_(std::move(parts)),
      files_(loop),
      rules_(loop),
      purge_timer_(loop, [this] { purge(); }) {
  purge_timer_.start(loop::Timer::Duration::zero(), kPurgeEvery);
}

RealDisk::~RealDisk() = default;

template <class T, class Act>
void RealDisk::run(OrderedWork& lane, const std::optional<std::string>& key, Act act,
                   Answer<T> answer) {
  auto if_there = [act = std::move(act)](Parts& parts) -> Result<T> {
    if (auto checked = parts.root.check(); !checked) {
      parts.is_gone = true;
      return forward_error(checked);
    }
    return act(parts);
  };
  run_anyway<T>(lane, key, std::move(if_there), std::move(answer));
}

template <class T, class Act>
void RealDisk::run_anyway(OrderedWork& lane, const std::optional<std::string>& key, Act act,
                          Answer<T> answer) {
  auto result = std::make_shared<std::optional<Result<T>>>();
  lane.add(
      key, [parts = parts_, result, act = std::move(act)] { *result = act(*parts); },
      [this, result, answer = std::move(answer)] {
        tell_if_gone();
        tell_if_rules_wait();
        answer(std::move(**result));
      });
}

void RealDisk::tell_if_gone() {
  if (listener_ == nullptr || !parts_->is_gone || std::exchange(has_told_gone_, true)) return;
  listener_->root_gone();
}

void RealDisk::tell_if_rules_wait() {
  const bool is_waiting = parts_->rules_wait;
  if (listener_ == nullptr || std::exchange(has_told_waiting_, is_waiting) || !is_waiting)
    return;
  listener_->ignore_rules_wait();
}

void RealDisk::purge() {
  files_.add(
      "", [parts = parts_] { parts->bin.purge(parts->clock.wall()); }, [] {});
}

void RealDisk::watch(DiskListener& listener, Answer<void> answer) {
  listener_ = &listener;
  run<void>(
      rules_, std::nullopt,
      [](Parts& parts) -> Result<void> {
        if (!parts.watches) {
          auto watches = WatchTable::open();
          if (!watches) return forward_error(watches);
          parts.watches = *std::move(watches);
        }
        auto scan = parts.scan();
        return scan ? Result<void>{} : forward_error(scan);
      },
      [this, answer = std::move(answer)](Result<void> result) {
        if (result && !watcher_) {
          watcher_.emplace(*loop_, parts_->watches->fd(),
                           [this](std::string events) { digest(std::move(events)); });
        }
        answer(std::move(result));
      });
}

void RealDisk::digest(std::string events) {
  run<Changes>(
      rules_, std::nullopt,
      [events = std::move(events)](Parts& parts) -> Result<Changes> {
        Changes changes = parts.watches->digest(events, parts.root, parts.rules);
        parts.rules_wait = parts.rules.is_waiting();
        return changes;
      },
      [this](Result<Changes> changes) {
        watcher_->digested();
        if (!changes) return;  // the folder has gone, which was told
        if (changes->trouble) listener_->trouble(*changes->trouble);
        if (changes->everything) {
          listener_->everything_may_have_changed();
        } else if (!changes->paths.empty()) {
          listener_->changed({changes->paths.begin(), changes->paths.end()});
        }
      });
}

void RealDisk::scan(Answer<Scan> answer) {
  run<Scan>(
      rules_, std::nullopt, [](Parts& parts) { return parts.scan(); }, std::move(answer));
}

void RealDisk::classify(std::vector<std::string> paths, Answer<std::vector<Sharing>> answer) {
  run<std::vector<Sharing>>(
      rules_, std::nullopt,
      [paths = std::move(paths)](Parts& parts) -> Result<std::vector<Sharing>> {
        std::vector<Sharing> sharing;
        for (std::string_view path : paths) {
          const bool is_folder = path.ends_with('/');
          if (is_folder) path.remove_suffix(1);
          sharing.push_back(parts.rules.classify(path, is_folder));
        }
        return sharing;
      },
      std::move(answer));
}

void RealDisk::accept_ignore_rules(Answer<void> answer) {
  run<void>(
      rules_, std::nullopt,
      [](Parts& parts) {
        auto accepted = parts.rules.accept();
        parts.rules_wait = parts.rules.is_waiting();
        return accepted;
      },
      std::move(answer));
}

void RealDisk::stat(std::string path, Answer<std::optional<FileStamp>> answer) {
  run<std::optional<FileStamp>>(
      files_, path,
      [path](Parts& parts) -> Result<std::optional<FileStamp>> {
        if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
        return parts.root.stat(path);
      },
      std::move(answer));
}

void RealDisk::read(std::string path, std::size_t max_bytes, Answer<ReadFile> answer) {
  run<ReadFile>(
      files_, path,
      [path, max_bytes](Parts& parts) -> Result<ReadFile> {
        if (auto checked = check_may_be_shared(path); !checked) return forward_error(checked);
        return parts.root.read(path, max_bytes);
      },
      std::move(answer));
}

void RealDisk::write(WriteOrder order, Answer<Written> answer) {
  std::string path = order.path;
  run<Written>(
      files_, std::move(path),
      [order = std::move(order)](Parts& parts) { return parts.writer.write(order); },
      std::move(answer));
}

void RealDisk::flush(Answer<void> answer) {
  run<void>(
      files_, std::nullopt, [](Parts& parts) { return parts.root.flush(); }, std::move(answer));
}

void RealDisk::rename(std::string from, std::string to, Answer<Outcome> answer) {
  run<Outcome>(
      files_, std::nullopt,
      [from = std::move(from), to = std::move(to)](Parts& parts) {
        return parts.writer.rename(from, to);
      },
      std::move(answer));
}

void RealDisk::remove(std::string path, Expected expected, Answer<Removed> answer) {
  run<Removed>(
      files_, path,
      [path, expected](Parts& parts) { return parts.writer.remove(path, expected); },
      std::move(answer));
}

void RealDisk::make_folder(std::string path, Answer<Outcome> answer) {
  run<Outcome>(
      files_, std::nullopt,
      [path = std::move(path)](Parts& parts) { return parts.writer.make_folder(path); },
      std::move(answer));
}

void RealDisk::remove_folder(std::string path, Answer<Outcome> answer) {
  run<Outcome>(
      files_, std::nullopt,
      [path = std::move(path)](Parts& parts) { return parts.writer.remove_folder(path); },
      std::move(answer));
}

void RealDisk::set_executable(std::string path, bool executable, Answer<Outcome> answer) {
  run<Outcome>(
      files_, path,
      [path, executable](Parts& parts) {
        return parts.writer.set_executable(path, executable);
      },
      std::move(answer));
}

void RealDisk::keep_copy(std::string path, std::string bytes, Answer<std::string> answer) {
  run_anyway<std::string>(
      files_, path,
      [path, bytes = std::move(bytes)](Parts& parts) {
        return parts.bin.keep_copy(path, bytes);
      },
      std::move(answer));
}

}  // namespace plait::folder
