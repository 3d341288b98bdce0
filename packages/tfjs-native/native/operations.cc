// Operations of this package's own for the processor, made known to TensorFlow once a process.
#include "operation.h"

#include <node_api.h>

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

// register(): string[], the operations that TensorFlow knows now.
napi_value RegisterAll(napi_env env, napi_callback_info) {
  const sd::Status status;
  const auto names = sd::RegisterBatchNorm(status);
  napi_value list;
  if (!status.ok()) {
    napi_throw_error(env, nullptr, TF_Message(status));
    return nullptr;
  }
  napi_create_array(env, &list);
  uint32_t count = 0;
  for (const char* name : names) {
    napi_value text;
    napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text);
    napi_set_element(env, list, count++, text);
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
