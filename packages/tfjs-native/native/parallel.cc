// Threads that wait for tasks. TensorFlow's own are not reachable from a kernel of its C interface.
#include "parallel.h"

#include <sched.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace sd {
namespace {

// How often a thread looks for work before it sleeps: a few microseconds. Longer takes the cores from the threads of TensorFlow.
constexpr int kLooks = 200;

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

int ThreadCount() {
  const char* told = std::getenv("TF_NUM_INTRAOP_THREADS");
  const int count = told == nullptr ? 0 : std::atoi(told);
  if (count > 0) return count;
  cpu_set_t cores;
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

// The tasks of one kernel. Each thread takes the next one until none is left.
struct Job {
  const std::function<void(int64_t)>* task;
  int64_t count;
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> done{0};

  void Work() {
    for (int64_t i; (i = next.fetch_add(1)) < count;) {
      (*task)(i);
      done.fetch_add(1, std::memory_order_release);
    }
  }
};

class Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 1; i < threads; ++i) std::thread([this] { Serve(); }).detach();
    helpers_ = threads - 1;
  }

  void Run(int64_t count, const std::function<void(int64_t)>& task) {
    std::unique_lock<std::mutex> turn(turn_, std::try_to_lock);
    // Another kernel has the threads: this one goes on alone.
    if (!turn.owns_lock() || helpers_ == 0 || count < 2) {
      for (int64_t i = 0; i < count; ++i) task(i);
      return;
    }
    Job job;
    job.task = &task;
    job.count = count;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_ = &job;
      generation_.fetch_add(1, std::memory_order_release);
    }
    if (sleeping_.load() > 0) wake_.notify_all();
    job.Work();
    while (job.done.load(std::memory_order_acquire) < count) Pause();
    // No thread may look at the job after this.
    std::lock_guard<std::mutex> lock(mutex_);
    job_ = nullptr;
    while (inside_.load(std::memory_order_acquire) > 0) Pause();
  }

 private:
  void Serve() {
    int64_t seen = 0;
    for (;;) {
      for (int i = 0; i < kLooks && generation_.load(std::memory_order_acquire) == seen; ++i) Pause();
      Job* job;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        if (generation_.load() == seen) {
          sleeping_.fetch_add(1);
          wake_.wait(lock, [&] { return generation_.load() != seen; });
          sleeping_.fetch_sub(1);
        }
        seen = generation_.load();
        job = job_;
        if (job != nullptr) inside_.fetch_add(1);
      }
      if (job == nullptr) continue;
      job->Work();
      inside_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::mutex turn_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<int64_t> generation_{0};
  std::atomic<int> inside_{0};
  std::atomic<int> sleeping_{0};
  Job* job_ = nullptr;
  int helpers_ = 0;
};

}  // namespace

void Parallel(int64_t count, const std::function<void(int64_t)>& task) {
  // Never destroyed: its threads live as long as the process.
  static Pool* pool = new Pool(ThreadCount());
  pool->Run(count, task);
}

}  // namespace sd
