// Operations of this package's own for the processor, made known to TensorFlow once a process.
#include "operation.h"

#include <node_api.h>

#include <string>

#include "batch-norm.h"

namespace sd {

void UnknownShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

void SetShape(TF_ShapeInferenceContext* context, int output, int input, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(context, input, shape, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, shape, status);
  TF_DeleteShapeHandle(shape);
}

void Register(const Operation& operation, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, operation.shapes);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* kernel =
      TF_NewKernelBuilder(operation.name, "CPU", operation.create, operation.compute, operation.destroy);
  TF_RegisterKernelBuilder(operation.name, kernel, status);
}

}  // namespace sd

namespace {

// What TensorFlow was told, once a process however often this is loaded: the operations, or what was wrong.
struct Registered {
  std::vector<const char*> names;
  std::string problem;

  Registered() {
    const sd::Status status;
    names = sd::RegisterBatchNorm(status);
    if (!status.ok()) problem = TF_Message(status);
  }
};

// register(): string[], the operations that TensorFlow knows now.
napi_value RegisterAll(napi_env env, napi_callback_info) {
  static const Registered registered;
  if (!registered.problem.empty()) {
    napi_throw_error(env, nullptr, registered.problem.c_str());
    return nullptr;
  }
  napi_value list;
  napi_create_array(env, &list);
  for (size_t i = 0; i < registered.names.size(); ++i) {
    napi_value name;
    napi_create_string_utf8(env, registered.names[i], NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, static_cast<uint32_t>(i), name);
  }
  return list;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "register", NAPI_AUTO_LENGTH, RegisterAll, nullptr, &function);
  napi_set_named_property(env, exports, "register", function);
  return exports;
}
