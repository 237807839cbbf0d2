/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "machine-rates.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace ecld
{

namespace
{

constexpr std::size_t PART_BYTES = std::size_t{1} << 26;

/// Enough for a rate, little enough not to keep anyone waiting.
constexpr std::size_t READ_BYTES = std::size_t{1} << 30;

double
SecondsSince(std::chrono::steady_clock::time_point start)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double
MeasureDisk(const std::string& path)
{
    const int file = open(path.c_str(), O_RDONLY);
    if (file < 0)
    {
        return 0;
    }
    // Pages that are in memory go, where nobody else holds them.
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    std::vector<char> part(PART_BYTES);
    std::size_t total = 0;
    const auto start = std::chrono::steady_clock::now();
    while (total < READ_BYTES)
    {
        const ssize_t got = read(file, part.data(), part.size());
        if (got <= 0)
        {
            break;
        }
        total += static_cast<std::size_t>(got);
    }
    const double seconds = SecondsSince(start);
    close(file);
    return seconds > 0 ? static_cast<double>(total) / seconds : 0;
}

double
MeasureMemory()
{
    const std::vector<char> source(4 * PART_BYTES, 1);
    std::vector<char> target(source.size());
    double best = 0;
    for (int repeat = 0; repeat < 4; ++repeat)
    {
        const auto start = std::chrono::steady_clock::now();
        std::memcpy(target.data(), source.data(), source.size());
        best = std::max(best, static_cast<double>(source.size()) / SecondsSince(start));
    }
    return best;
}

} // namespace

MachineRates
MeasureMachineRates(const std::string& folder)
{
    MachineRates rates;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error))
    {
        if (it->path().extension() == ".safetensors")
        {
            rates.diskBytesPerS = MeasureDisk(it->path().string());
            break;
        }
    }
    rates.memoryBytesPerS = MeasureMemory();
    return rates;
}

double
GetPeakResidentBytes()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

double
GetAvailableBytes()
{
    std::ifstream file("/proc/meminfo");
    std::string key;
    double kibibytes = 0;
    for (std::string unit; file >> key >> kibibytes;)
    {
        if (key == "MemAvailable:")
        {
            return 1024 * kibibytes;
        }
        std::getline(file, unit);
    }
    return 0;
}

} // namespace ecld
