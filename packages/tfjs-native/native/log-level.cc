// TensorFlow 2.21 writes its notices through Abseil, which does not know TF_CPP_MIN_LOG_LEVEL, and writes the first of them
// while libtensorflow_framework is being loaded. This addon loads that library itself, with standard error closed where
// notices are unwanted, and then makes Abseil obey the variable: 0 all, 1 no notices, 2 no warnings, 3 fatal only.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <cstdlib>

namespace {

// absl::SetMinLogLevel as the pinned library exports it; where a build lacks it, the later notices stay.
constexpr char kSetMinLogLevel[] =
    "_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE";

void* LoadFramework(bool quiet) {
  const int kept = quiet ? dup(STDERR_FILENO) : -1;
  const int null = kept < 0 ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null >= 0) dup2(null, STDERR_FILENO);
  void* framework = dlopen("libtensorflow_framework.so.2", RTLD_NOW | RTLD_LOCAL);
  if (null >= 0) {
    dup2(kept, STDERR_FILENO);
    close(null);
  }
  if (kept >= 0) close(kept);
  return framework;
}

}  // namespace

NAPI_MODULE_INIT() {
  const char* variable = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  const int level = variable == nullptr ? 0 : std::atoi(variable);
  void* framework = LoadFramework(level > 0);
  if (framework == nullptr) {
    napi_throw_error(env, nullptr, dlerror());
    return exports;
  }
  using SetMinLogLevel = void (*)(int);
  auto set = reinterpret_cast<SetMinLogLevel>(dlsym(framework, kSetMinLogLevel));
  if (set != nullptr) set(level);
  return exports;
}
