// Asks NVIDIA's driver, where there is one, what it can do, and the system's loader whether a library can be loaded: why a
// GPU is not used is known to these two, and TensorFlow tells only its log.
#include <dlfcn.h>
#include <node_api.h>

#include <cstddef>
#include <string>

namespace {

// The driver's interface, as far as it is asked. Its functions return 0 when they succeed.
struct Driver {
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);

  template <typename... Arguments>
  int Call(const char* name, Arguments... arguments) const {
    auto function = reinterpret_cast<int (*)(Arguments...)>(dlsym(library, name));
    return function == nullptr ? -1 : function(arguments...);
  }

  std::string Error(int code) const {
    const char* name = nullptr;
    if (Call("cuGetErrorName", code, &name) != 0 || name == nullptr) return std::to_string(code);
    return name;
  }
};

void Set(napi_env env, napi_value object, const char* name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

napi_value Text(napi_env env, const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

// driver(): { problem?: string, version?: number, devices: string[] }
napi_value AskDriver(napi_env env, napi_callback_info) {
  napi_value answer, devices;
  napi_create_object(env, &answer);
  napi_create_array(env, &devices);
  Set(env, answer, "devices", devices);
  const Driver driver;
  if (driver.library == nullptr) {
    Set(env, answer, "problem", Text(env, dlerror()));
    return answer;
  }
  int version = 0;
  if (driver.Call("cuDriverGetVersion", &version) == 0) {
    napi_value number;
    napi_create_int32(env, version, &number);
    Set(env, answer, "version", number);
  }
  int count = 0;
  int code = driver.Call("cuInit", 0u);
  if (code == 0) code = driver.Call("cuDeviceGetCount", &count);
  if (code != 0) Set(env, answer, "problem", Text(env, driver.Error(code)));
  for (int i = 0; i < count; ++i) {
    char name[256] = "";
    driver.Call("cuDeviceGetName", static_cast<char*>(name), static_cast<int>(sizeof name), i);
    napi_set_element(env, devices, static_cast<uint32_t>(i), Text(env, name));
  }
  return answer;
}

// loadProblem(path: string): string | undefined
napi_value LoadProblem(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, nothing;
  napi_get_undefined(env, &nothing);
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  char path[4096] = "";
  size_t length = 0;
  if (count < 1 || napi_get_value_string_utf8(env, argument, path, sizeof path, &length) != napi_ok) {
    napi_throw_type_error(env, nullptr, "loadProblem: expected a path");
    return nothing;
  }
  void* library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) return Text(env, dlerror());
  dlclose(library);
  return nothing;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "driver", NAPI_AUTO_LENGTH, AskDriver, nullptr, &function);
  Set(env, exports, "driver", function);
  napi_create_function(env, "loadProblem", NAPI_AUTO_LENGTH, LoadProblem, nullptr, &function);
  Set(env, exports, "loadProblem", function);
  return exports;
}
