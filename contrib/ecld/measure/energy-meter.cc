/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "energy-meter.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <sys/resource.h>
#include <system_error>
#include <thread>

namespace ecld
{

namespace
{

/// codecarbon's power of a processor that it does not know, W a thread.
constexpr double UNKNOWN_W_PER_THREAD = 4;

/// codecarbon's share of TDP below which a processor does not go.
constexpr double IDLE_SHARE = 0.1;

std::optional<double>
ReadNumber(const std::filesystem::path& path)
{
    std::ifstream stream(path);
    double value = 0;
    return stream >> value ? std::optional<double>(value) : std::nullopt;
}

std::string
ReadWord(const std::filesystem::path& path)
{
    std::ifstream stream(path);
    std::string word;
    stream >> word;
    return word;
}

/// @param zone name of a folder such as intel-rapl:0 or intel-rapl:0:2 @return whether it counts
bool
IsCounted(const std::filesystem::path& zone)
{
    const std::string folder = zone.filename().string();
    if (folder.rfind("intel-rapl:", 0) != 0)
    {
        return false;
    }
    const std::string name = ReadWord(zone / "name");
    const bool isTop = std::count(folder.begin(), folder.end(), ':') == 1;
    return isTop ? name.rfind("package", 0) == 0 : name == "dram";
}

double
GetCpuS()
{
    double sum = 0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN})
    {
        rusage usage{};
        getrusage(who, &usage);
        for (const timeval& time : {usage.ru_utime, usage.ru_stime})
        {
            sum += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
        }
    }
    return sum;
}

} // namespace

EnergyMeter::EnergyMeter(const EnergySettings& settings)
    : m_settings(settings),
      m_cores(std::max(1U, std::thread::hardware_concurrency()))
{
    if (m_settings.tdpW <= 0)
    {
        m_settings.tdpW = UNKNOWN_W_PER_THREAD * m_cores;
    }
    std::error_code error;
    std::vector<std::filesystem::path> zones;
    for (std::filesystem::directory_iterator it(m_settings.powercap, error), end;
         !error && it != end;
         it.increment(error))
    {
        zones.push_back(it->path());
    }
    std::sort(zones.begin(), zones.end());
    for (const auto& zone : zones)
    {
        const auto range = ReadNumber(zone / "max_energy_range_uj");
        // Only root may read the counter on most systems.
        if (IsCounted(zone) && range && ReadNumber(zone / "energy_uj"))
        {
            m_counterFiles.push_back((zone / "energy_uj").string());
            m_rangesUj.push_back(*range);
        }
    }
    Start();
}

bool
EnergyMeter::HasRapl() const
{
    return !m_counterFiles.empty();
}

const std::vector<std::string>&
EnergyMeter::GetCounterFiles() const
{
    return m_counterFiles;
}

std::string
EnergyMeter::Describe() const
{
    if (HasRapl())
    {
        return "rapl (" + std::to_string(m_counterFiles.size()) + " zones, idle included)";
    }
    std::ostringstream text;
    text << "model (codecarbon's process mode, TDP " << m_settings.tdpW << " W, " << m_cores
         << " threads; no RAPL here)";
    return text.str();
}

void
EnergyMeter::Start()
{
    m_startUj.clear();
    for (const std::string& file : m_counterFiles)
    {
        m_startUj.push_back(ReadNumber(file).value_or(0));
    }
    m_started = std::chrono::steady_clock::now();
    m_startCpuS = GetCpuS();
}

EnergyReading
EnergyMeter::Read() const
{
    EnergyReading reading;
    reading.wallS =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - m_started).count();
    reading.cpuS = GetCpuS() - m_startCpuS;
    if (!HasRapl())
    {
        reading.source = "model";
        reading.energyJ = ModelEnergyJ(reading.wallS, reading.cpuS);
        return reading;
    }
    reading.source = "rapl";
    for (std::size_t i = 0; i < m_counterFiles.size(); ++i)
    {
        const double now = ReadNumber(m_counterFiles[i]).value_or(m_startUj[i]);
        const double wrapped = now < m_startUj[i] ? m_rangesUj[i] : 0;
        reading.energyJ += 1e-6 * (now + wrapped - m_startUj[i]);
    }
    return reading;
}

double
EnergyMeter::ModelEnergyJ(double wallS, double cpuS) const
{
    if (wallS <= 0)
    {
        return 0;
    }
    const double share = std::clamp(cpuS / (wallS * m_cores), IDLE_SHARE, 1.0);
    return m_settings.tdpW * share * wallS;
}

} // namespace ecld
