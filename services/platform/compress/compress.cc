#include "platform/compress/compress.h"

#include <absl/status/status.h>
#include <brotli/encode.h>
#include <fmt/format.h>
#include <zlib.h>

#include <cstdint>

namespace telex::compress {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // 32 KiB window; 16 asks for the gzip wrapper
constexpr int kMemoryLevel = 9;           // 256 KiB: quicker, and what we compress is short-lived
constexpr int kUnknownOs = 255;
constexpr std::size_t kOutputStepBytes = 64 * 1024;

absl::Status CheckSize(std::string_view bytes) {
  if (bytes.size() <= kInputBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} bytes are more than the {} taken at once", bytes.size(), kInputBytesMax));
}

absl::Status CheckLevel(std::string_view what, int value, int min, int max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} {} is not within {}..{}", what, value, min, max));
}

// zlib takes what it only reads as non-const.
Bytef* In(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

struct Deflater {
  z_stream stream{};
  bool open = false;
  ~Deflater() {
    if (open) deflateEnd(&stream);
  }
};

struct Inflater {
  z_stream stream{};
  bool open = false;
  ~Inflater() {
    if (open) inflateEnd(&stream);
  }
};

}  // namespace

absl::StatusOr<std::string> Gzip(std::string_view bytes, int level) {
  if (absl::Status status = CheckLevel("gzip level", level, 1, 9); !status.ok()) return status;
  if (absl::Status status = CheckSize(bytes); !status.ok()) return status;
  Deflater deflater;
  z_stream& stream = deflater.stream;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return absl::ResourceExhaustedError("no memory for deflate");
  }
  deflater.open = true;
  gz_header header{};
  header.os = kUnknownOs;
  deflateSetHeader(&stream, &header);

  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = In(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (const int code = deflate(&stream, Z_FINISH); code != Z_STREAM_END) {
    return absl::InternalError(fmt::format("deflate ended with {}", code));
  }
  out.resize(stream.total_out);
  return out;
}

absl::StatusOr<std::string> Brotli(std::string_view bytes, int quality) {
  absl::Status level =
      CheckLevel("brotli quality", quality, BROTLI_MIN_QUALITY, BROTLI_MAX_QUALITY);
  if (!level.ok()) return level;
  if (absl::Status status = CheckSize(bytes); !status.ok()) return status;
  std::size_t size = BrotliEncoderMaxCompressedSize(bytes.size());
  std::string out(size, '\0');
  if (BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(),
                            reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                            reinterpret_cast<std::uint8_t*>(out.data())) != BROTLI_TRUE) {
    return absl::ResourceExhaustedError("no memory for brotli");
  }
  out.resize(size);
  return out;
}

absl::StatusOr<std::string> Gunzip(std::string_view bytes, std::size_t bytes_max) {
  if (absl::Status status = CheckSize(bytes); !status.ok()) return status;
  Inflater inflater;
  z_stream& stream = inflater.stream;
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) {
    return absl::ResourceExhaustedError("no memory for inflate");
  }
  inflater.open = true;
  stream.next_in = In(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());

  std::string out;
  std::size_t used = 0;
  while (true) {
    // One byte more than is allowed tells "exactly as much" from "more".
    const std::size_t left = bytes_max - used;
    const std::size_t room = left < kOutputStepBytes ? left + 1 : kOutputStepBytes;
    out.resize(used + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    used += room - stream.avail_out;
    if (used > bytes_max) {
      return absl::OutOfRangeError(fmt::format("more than {} bytes", bytes_max));
    }
    if (code == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      if (inflateReset(&stream) != Z_OK) return absl::InternalError("inflate cannot go on");
      continue;
    }
    if (code == Z_MEM_ERROR) return absl::ResourceExhaustedError("no memory for inflate");
    // Z_BUF_ERROR: nothing went in or out, so the input is over before its end.
    if (code != Z_OK) {
      return absl::InvalidArgumentError(code == Z_BUF_ERROR ? "gzip data is cut short"
                                                            : "no gzip data");
    }
  }
  out.resize(used);
  return out;
}

}  // namespace telex::compress
