#include "platform/grpc/checked_service.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "platform/errors/errors.h"

namespace telex::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr int kDepthMax = 100;  // as protobuf itself

// "article.media[1].title": the first string that is no UTF-8. Nothing when all are, or when the
// bytes cannot be followed so far.
std::optional<std::string> FindNotUtf8(const Descriptor& type, std::string_view bytes, int depth) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  std::map<int, int> seen;  // of repeated fields
  while (const std::uint32_t tag = in.ReadTag()) {
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool has_bytes =
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    const bool is_text = field != nullptr && field->type() == FieldDescriptor::TYPE_STRING;
    const bool is_message = field != nullptr && field->type() == FieldDescriptor::TYPE_MESSAGE;
    if (!has_bytes || (!is_text && !is_message)) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return std::nullopt;
    const auto at = static_cast<std::size_t>(in.CurrentPosition());
    if (size > bytes.size() - at) return std::nullopt;
    const std::string_view piece = bytes.substr(at, size);
    in.Skip(static_cast<int>(size));
    const std::string name = field->is_repeated()
                                 ? fmt::format("{}[{}]", field->name(), seen[field->number()]++)
                                 : field->name();
    if (is_text) {
      const bool valid = google::protobuf::internal::IsStructurallyValidUTF8(
          piece.data(), static_cast<int>(piece.size()));
      if (!valid) return name;
    } else if (depth < kDepthMax) {
      if (const auto inner = FindNotUtf8(*field->message_type(), piece, depth + 1)) {
        return fmt::format("{}.{}", name, *inner);
      }
    }
  }
  return std::nullopt;
}

std::string Flat(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  std::string flat;
  if (!bytes.Dump(&slices).ok()) return flat;
  for (const grpc::Slice& slice : slices) {
    flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return flat;
}

absl::Status Fault(const Descriptor& type, std::string_view bytes) {
  if (const auto field = FindNotUtf8(type, bytes, 0)) {
    return errors::FieldError(*field, errors::kNotUtf8, "is not UTF-8");
  }
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("the bytes are no {}", type.full_name()));
}

}  // namespace

absl::Status ReadMessage(grpc::ByteBuffer& bytes, google::protobuf::Message& message) {
  bool read = false;
  if (bytes.Valid()) {
    grpc::ProtoBufferReader reader(&bytes);
    read = reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
  }
  absl::Status fault;
  if (!read) fault = Fault(*message.GetDescriptor(), Flat(bytes));
  bytes.Clear();
  return fault;
}

int MethodIndex(std::string_view service, std::string_view method) {
  const auto* found =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  if (found == nullptr) return -1;
  const auto* one = found->FindMethodByName(std::string(method));
  return one == nullptr ? -1 : one->index();
}

}  // namespace telex::rpc
