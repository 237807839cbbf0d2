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
#include <stdexcept>
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

double
EnergyMeter::CountEnergyJ(const std::vector<double>& beforeUj,
                          const std::vector<double>& afterUj) const
{
    if (beforeUj.size() != m_rangesUj.size() || afterUj.size() != m_rangesUj.size())
    {
        throw std::invalid_argument("energy: expected the values of " +
                                    std::to_string(m_rangesUj.size()) + " counters");
    }
    double energyUj = 0;
    for (std::size_t i = 0; i < m_rangesUj.size(); ++i)
    {
        const double wrapped = afterUj[i] < beforeUj[i] ? m_rangesUj[i] : 0;
        energyUj += afterUj[i] + wrapped - beforeUj[i];
    }
    return 1e-6 * energyUj;
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
