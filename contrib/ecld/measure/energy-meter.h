/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ENERGY_METER_H
#define ECLD_ENERGY_METER_H

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace ecld
{

/// How energy is found.
struct EnergySettings
{
    std::string powercap{"/sys/class/powercap"}; ///< where RAPL zones are
    /// Thermal design power of the processor, W, for the model; 0: 4 W a thread, codecarbon's rule
    /// for a processor that it does not know.
    double tdpW{0};
};

/// Energy of a stretch of work.
struct EnergyReading
{
    double energyJ{0}; ///< of the whole package (RAPL), or of this process and its children (model)
    double wallS{0};   ///< how long it took
    double cpuS{0};    ///< processor time of this process and of its children that have ended
    std::string source; ///< "rapl" or "model"
};

/**
 * @brief Measures energy by RAPL where the processor shows it, else by codecarbon's power model.
 *
 * RAPL: the packages' zones and their dram; zones within a package overlap with it and are left
 * out, as are the mmio copies. Counters that wrap are followed for one turn: some minutes at full
 * load. The model is P = TDP cpu / (wall cores), at least 10 % of TDP (codecarbon, process mode).
 */
class EnergyMeter
{
  public:
    /// @param settings where to look; the meter starts at once
    explicit EnergyMeter(const EnergySettings& settings = {});

    /// @return whether RAPL can be read
    bool HasRapl() const;

    /// @return files of the counters, microjoules, for a child that reads them itself
    const std::vector<std::string>& GetCounterFiles() const;

    /// @return "rapl", or the model with its power in words
    std::string Describe() const;

    /// Start again.
    void Start();

    /// @return energy since the start; at least a second makes sense
    EnergyReading Read() const;

    /// @param wallS how long @param cpuS processor time @return energy by the model, J
    double ModelEnergyJ(double wallS, double cpuS) const;

  private:
    EnergySettings m_settings;                       //!< the settings
    unsigned m_cores;                                //!< threads of the processor
    std::vector<std::string> m_counterFiles;         //!< energy_uj of each zone
    std::vector<double> m_rangesUj;                  //!< where each counter wraps
    std::vector<double> m_startUj;                   //!< counters at the start
    std::chrono::steady_clock::time_point m_started; //!< time at the start
    double m_startCpuS{0};                           //!< processor time at the start
};

} // namespace ecld

#endif // ECLD_ENERGY_METER_H
