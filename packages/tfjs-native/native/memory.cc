// Gives memory back to the system: the pages of TensorFlow's libraries that were only touched while these were loaded, and
// what the allocator keeps of freed memory. The libraries hold half a gigabyte of code and constants, of which loading reads
// the greater part once; a page that is wanted again comes back from the file.
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <node_api.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <thread>

namespace {

constexpr char kLibraries[] = "/libtensorflow";
// Pages that are looked at together: 2 MB from a multiple of 2 MB on, which the system may map as one.
constexpr size_t kChunk = 512;
constexpr auto kPause = std::chrono::milliseconds(5);

// A page's entry in /proc/self/pagemap. A page that was written to is the process's own: neither of the file nor shared.
constexpr uint64_t kPresent = uint64_t{1} << 63;
constexpr uint64_t kSwapped = uint64_t{1} << 62;
constexpr uint64_t kOfFile = uint64_t{1} << 61;

struct Pass {
  int pagemap;
  uintptr_t page;
  uint64_t bytes;
};

// Drops the pages of [start, start + count) if none of them was changed; what cannot be asked for stays.
void DropChunk(Pass& pass, uintptr_t start, size_t count) {
  uint64_t entries[kChunk];
  const ssize_t size = static_cast<ssize_t>(count * sizeof(uint64_t));
  const off_t offset = static_cast<off_t>(start / pass.page * sizeof(uint64_t));
  if (pread(pass.pagemap, entries, size, offset) != size) return;
  size_t present = 0;
  for (size_t i = 0; i < count; ++i) {
    if (entries[i] & kSwapped) return;
    if (!(entries[i] & kPresent)) continue;
    if (!(entries[i] & kOfFile)) return;
    ++present;
  }
  if (present == 0) return;
  if (madvise(reinterpret_cast<void*>(start), count * pass.page, MADV_DONTNEED) != 0) return;
  pass.bytes += present * pass.page;
}

// Whether the loader writes into segments that are not writable, as it does for code that is not position-independent.
bool HasTextRelocations(const ElfW(Dyn) * entry) {
  for (; entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_TEXTREL) return true;
    if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL)) return true;
  }
  return false;
}

int DropLibrary(dl_phdr_info* info, size_t, void* data) {
  if (std::strstr(info->dlpi_name, kLibraries) == nullptr) return 0;
  Pass& pass = *static_cast<Pass*>(data);
  const ElfW(Phdr)* const end = info->dlpi_phdr + info->dlpi_phnum;
  const auto dynamic =
      std::find_if(info->dlpi_phdr, end, [](const auto& header) { return header.p_type == PT_DYNAMIC; });
  if (dynamic == end) return 0;
  if (HasTextRelocations(reinterpret_cast<const ElfW(Dyn)*>(info->dlpi_addr + dynamic->p_vaddr))) return 0;
  for (auto header = info->dlpi_phdr; header != end; ++header) {
    // What is read-only after relocation (PT_GNU_RELRO) is in a writable segment.
    if (header->p_type != PT_LOAD || (header->p_flags & PF_W)) continue;
    const uintptr_t start = info->dlpi_addr + header->p_vaddr;
    const uintptr_t first = (start + pass.page - 1) / pass.page;
    const uintptr_t last = (start + header->p_filesz) / pass.page;
    for (uintptr_t i = first, next; i < last; i = next) {
      next = std::min((i / kChunk + 1) * kChunk, last);
      DropChunk(pass, i * pass.page, next - i);
    }
  }
  return 0;
}

uint64_t DropLibraryPages() {
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (pagemap < 0) return 0;
  Pass pass{pagemap, static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)), 0};
  dl_iterate_phdr(DropLibrary, &pass);
  close(pagemap);
  return pass.bytes;
}

// Drops pages again and again while the main thread loads the libraries.
class Dropper {
 public:
  void Start() {
    if (thread_.joinable()) return;
    running_ = true;
    try {
      thread_ = std::thread([this] {
        while (running_) {
          DropLibraryPages();
          std::this_thread::sleep_for(kPause);
        }
      });
    } catch (const std::system_error&) {
      // Where no thread can be had, the pages are dropped after loading only.
    }
  }

  void Stop() {
    running_ = false;
    if (thread_.joinable()) thread_.join();
  }

  ~Dropper() { Stop(); }

 private:
  std::atomic<bool> running_{false};
  std::thread thread_;
};

Dropper dropper;

napi_value Undefined(napi_env env) {
  napi_value value;
  napi_get_undefined(env, &value);
  return value;
}

napi_value StartDropping(napi_env env, napi_callback_info) {
  dropper.Start();
  return Undefined(env);
}

napi_value StopDropping(napi_env env, napi_callback_info) {
  dropper.Stop();
  return Undefined(env);
}

// release(): number, the bytes of the libraries that were dropped.
napi_value Release(napi_env env, napi_callback_info) {
  malloc_trim(0);
  napi_value bytes;
  napi_create_double(env, static_cast<double>(DropLibraryPages()), &bytes);
  return bytes;
}

}  // namespace

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback callback;
  } functions[] = {{"startDropping", StartDropping}, {"stopDropping", StopDropping}, {"release", Release}};
  for (const auto& [name, callback] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}
