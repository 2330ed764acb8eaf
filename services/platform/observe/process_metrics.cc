#include "platform/observe/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstddef>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "platform/observe/log.h"

namespace telex::observe {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Column of /proc/self/statm (proc(5)), in bytes: 0 virtual size, 1 resident.
double MemoryBytes(int column) {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  for (int i = 0; i <= column; ++i) statm >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenDescriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator entries("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

double DescriptorsMax() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<CallbackHandle> AddProcessMetrics(Metrics& metrics, std::string_view program,
                                              std::string_view version) {
  metrics
      .Gauge("telex_build_info", "Constant 1; the labels say what runs here",
             {{"program", std::string(program)}, {"version", std::string(version)}})
      .Set(1);
  metrics.Gauge("process_start_time_seconds", "Unix time at which the process started")
      .Set(static_cast<double>(std::time(nullptr)));
  std::vector<CallbackHandle> handles;
  handles.push_back(metrics.CounterCallback("process_cpu_seconds_total",
                                            "CPU time used, user and system", {}, CpuSeconds));
  handles.push_back(metrics.GaugeCallback("process_resident_memory_bytes", "Resident memory", {},
                                          [] { return MemoryBytes(1); }));
  handles.push_back(metrics.GaugeCallback("process_virtual_memory_bytes", "Virtual memory", {},
                                          [] { return MemoryBytes(0); }));
  handles.push_back(
      metrics.GaugeCallback("process_open_fds", "Open file descriptors", {}, OpenDescriptors));
  handles.push_back(
      metrics.GaugeCallback("process_max_fds", "File descriptors allowed", {}, DescriptorsMax));
  for (std::size_t i = 0; i < kSeverityCount; ++i) {
    handles.push_back(metrics.CounterCallback(
        "telex_log_lines_total", "Log lines by severity, also those below the level that is set",
        {{"severity", std::string(SeverityName(static_cast<Severity>(i)))}},
        [i] { return static_cast<double>(CountLogLines().lines[i]); }));
  }
  handles.push_back(metrics.CounterCallback(
      "telex_log_lines_lost_total", "Log lines that stderr did not take within a second", {},
      [] { return static_cast<double>(CountLogLines().lost); }));
  return handles;
}

}  // namespace telex::observe
