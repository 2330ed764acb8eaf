#include "views/adapters/view_codec.h"

#include <cstring>

namespace telex::views {
namespace {

constexpr std::size_t kIdBytes = sizeof(EventId);

}  // namespace

v1::Filter ToProto(Filter filter) { return static_cast<v1::Filter>(filter); }

v1::AgentClass ToProto(AgentClass agent_class) { return static_cast<v1::AgentClass>(agent_class); }

std::string EncodeView(const View& view) {
  static thread_local v1::View message;  // for its texts' memory
  message.Clear();
  message.set_id(reinterpret_cast<const char*>(view.id.data()), kIdBytes);
  message.set_visitor(view.visitor);
  message.set_time_ms(view.time_ms);
  message.set_language(view.language.data(), view.language.size());
  message.set_partner(view.partner.data(), view.partner.size());
  message.set_filter(ToProto(view.filter));
  message.set_agent_class(ToProto(view.agent_class));
  message.set_agent_list(view.agent_list);
  message.set_placement(view.placement.data(), view.placement.size());
  return message.SerializeAsString();
}

absl::StatusOr<View> ViewReader::Read(const kafka::RecordView& record) {
  const auto article = news::ArticleId::FromBytes(record.key());
  if (!article) return absl::InvalidArgumentError("key: expects the 16 bytes of an article's id");
  const auto value = record.value();
  if (!value || !message_.ParseFromArray(value->data(), static_cast<int>(value->size()))) {
    return absl::InvalidArgumentError("value: is no telex.views.v1.View");
  }
  if (message_.id().size() != kIdBytes) {
    return absl::InvalidArgumentError("id: expects 16 bytes");
  }
  if (!v1::Filter_IsValid(message_.filter())) {
    return absl::UnimplementedError("filter: a newer release has written it");
  }
  if (!v1::AgentClass_IsValid(message_.agent_class())) {
    return absl::UnimplementedError("agent_class: a newer release has written it");
  }
  View view = {.article = *article,
               .visitor = message_.visitor(),
               .time_ms = message_.time_ms(),
               .language = message_.language(),
               .partner = message_.partner(),
               .filter = static_cast<Filter>(message_.filter()),
               .agent_class = static_cast<AgentClass>(message_.agent_class()),
               .agent_list = message_.agent_list(),
               .placement = message_.placement()};
  std::memcpy(view.id.data(), message_.id().data(), kIdBytes);
  return view;
}

}  // namespace telex::views
