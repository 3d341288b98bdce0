// What the kernels have in common: tensors of a call, and how an operation is made known to TensorFlow.
#pragma once

#include <tensorflow/c/tf_datatype.h>
#include <tensorflow/c/tf_status.h>
#include <tensorflow/c/tf_tensor.h>

#include <cstdint>
#include <initializer_list>
#include <vector>

// TensorFlow's C interface for operations, as far as it is used here. Its own headers, tensorflow/c/kernels.h and ops.h, include
// others of C++ that are not installed.
extern "C" {
struct TF_KernelBuilder;
struct TF_OpDefinitionBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
struct TF_ShapeHandle;
struct TF_ShapeInferenceContext;

TF_OpDefinitionBuilder* TF_NewOpDefinitionBuilder(const char* name);
void TF_OpDefinitionBuilderAddAttr(TF_OpDefinitionBuilder*, const char* attribute);
void TF_OpDefinitionBuilderAddInput(TF_OpDefinitionBuilder*, const char* input);
void TF_OpDefinitionBuilderAddOutput(TF_OpDefinitionBuilder*, const char* output);
void TF_OpDefinitionBuilderSetShapeInferenceFunction(TF_OpDefinitionBuilder*,
                                                     void (*)(TF_ShapeInferenceContext*, TF_Status*));
void TF_RegisterOpDefinition(TF_OpDefinitionBuilder*, TF_Status*);

TF_ShapeHandle* TF_NewShapeHandle();
void TF_DeleteShapeHandle(TF_ShapeHandle*);
void TF_ShapeInferenceContextGetInput(TF_ShapeInferenceContext*, int input, TF_ShapeHandle*, TF_Status*);
void TF_ShapeInferenceContextSetUnknownShape(TF_ShapeInferenceContext*, TF_Status*);
void TF_ShapeInferenceContextSetOutput(TF_ShapeInferenceContext*, int output, TF_ShapeHandle*, TF_Status*);

TF_KernelBuilder* TF_NewKernelBuilder(const char* name, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction*, const char* name, unsigned char*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float*, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char* name, int32_t*, TF_Status*);
void TF_OpKernelConstruction_Failure(TF_OpKernelConstruction*, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
int TF_NumInputs(TF_OpKernelContext*);
void TF_GetInput(TF_OpKernelContext*, int input, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int output, TF_DataType, const int64_t* shape, int rank, size_t bytes,
                             TF_Status*);
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int count, int output,
                                           const int64_t* shape, int rank, int* forwarded, TF_Status*);
}

// A copy of a function for each width of vectors that processors have; the loader takes the widest that this one has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SD_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define SD_VECTORISED
#endif

namespace sd {

struct Status {
  TF_Status* const status = TF_NewStatus();
  Status() = default;
  Status(const Status&) = delete;
  ~Status() { TF_DeleteStatus(status); }
  operator TF_Status*() const { return status; }
  bool ok() const { return TF_GetCode(status) == TF_OK; }
};

// A float32 tensor of a call; null where TensorFlow could not give it.
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : tensor_(tensor) {}
  Tensor(Tensor&& other) : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  Tensor(const Tensor&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  explicit operator bool() const { return tensor_ != nullptr; }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  int64_t size() const { return TF_TensorElementCount(tensor_); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dims(static_cast<size_t>(TF_NumDims(tensor_)));
    for (size_t i = 0; i < dims.size(); ++i) dims[i] = TF_Dim(tensor_, static_cast<int>(i));
    return dims;
  }

 private:
  TF_Tensor* tensor_;
};

// One call of a kernel. What fails is told TensorFlow, and the tensor is null.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context) {}

  int inputs() const { return TF_NumInputs(context_); }

  Tensor Input(int i) const {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, i, &tensor, status_);
    return Checked(tensor);
  }

  Tensor Output(int i, const std::vector<int64_t>& shape) const {
    size_t bytes = sizeof(float);
    for (const int64_t dim : shape) bytes *= static_cast<size_t>(dim);
    return Checked(TF_AllocateOutput(context_, i, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), bytes, status_));
  }

  // An output in the memory of an input that nobody else needs, or in new memory.
  Tensor OutputOver(std::initializer_list<int> candidates, int i, const std::vector<int64_t>& shape) const {
    int taken = -1;
    return Checked(TF_ForwardInputOrAllocateOutput(context_, candidates.begin(), static_cast<int>(candidates.size()),
                                                   i, shape.data(), static_cast<int>(shape.size()), &taken, status_));
  }

  void Fail(const char* message) const {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, message);
    TF_OpKernelContext_Failure(context_, status_);
  }

 private:
  Tensor Checked(TF_Tensor* tensor) const {
    if (!status_.ok()) TF_OpKernelContext_Failure(context_, status_);
    return Tensor(status_.ok() ? tensor : nullptr);
  }

  TF_OpKernelContext* const context_;
  const Status status_;
};

// The attributes of an operation in a graph; what cannot be read is told TensorFlow.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}
  ~Attributes() {
    if (!status_.ok()) TF_OpKernelConstruction_Failure(construction_, status_);
  }
  bool Bool(const char* name) {
    unsigned char value = 0;
    if (status_.ok()) TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_);
    return value != 0;
  }
  float Float(const char* name) {
    float value = 0;
    if (status_.ok()) TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_);
    return value;
  }
  int32_t Int(const char* name) {
    int32_t value = 0;
    if (status_.ok()) TF_OpKernelConstruction_GetAttrInt32(construction_, name, &value, status_);
    return value;
  }

 private:
  TF_OpKernelConstruction* const construction_;
  const Status status_;
};

template <typename T>
void Destroy(void* settings) {
  delete static_cast<T*>(settings);
}

struct Operation {
  const char* name;
  std::initializer_list<const char*> inputs;
  std::initializer_list<const char*> outputs;
  std::initializer_list<const char*> attributes;
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

// For an operation whose outputs' shapes are found out when it runs.
void UnknownShapes(TF_ShapeInferenceContext* context, TF_Status* status);
// Gives an output the shape of an input.
void SetShape(TF_ShapeInferenceContext* context, int output, int input, TF_Status* status);

// Makes an operation known to TensorFlow, and its kernel on the processor, unless the status says that something was wrong
// before; it says afterwards what was.
void Register(const Operation& operation, TF_Status* status);

}  // namespace sd
