// Work of a kernel, cut into tasks, on the cores that TensorFlow was given.
#pragma once

#include <cstdint>
#include <functional>

namespace sd {

// Runs task(0) … task(count − 1), each once, on this thread and on others that are idle; returns when all are done. Which
// thread runs which task is open: results must not depend on it.
void Parallel(int64_t count, const std::function<void(int64_t)>& task);

}  // namespace sd
