/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_ENERGY_METER_H
#define ECLD_ENERGY_METER_H

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
    /// @param settings where to look
    explicit EnergyMeter(const EnergySettings& settings = {});

    /// @return whether RAPL can be read
    bool HasRapl() const;

    /// @return files of the counters, microjoules, for the child that does the work to read
    const std::vector<std::string>& GetCounterFiles() const;

    /// @return "rapl", or the model with its power in words
    std::string Describe() const;

    /**
     * @param beforeUj what the counters said at first, in the order of GetCounterFiles
     * @param afterUj what they said in the end
     * @return energy between, J; a counter that went down has wrapped once
     * @throws std::invalid_argument where there are not as many as counters
     */
    double CountEnergyJ(const std::vector<double>& beforeUj,
                        const std::vector<double>& afterUj) const;

    /// @param wallS how long @param cpuS processor time @return energy by the model, J
    double ModelEnergyJ(double wallS, double cpuS) const;

  private:
    EnergySettings m_settings;               //!< the settings
    unsigned m_cores;                        //!< threads of the processor
    std::vector<std::string> m_counterFiles; //!< energy_uj of each zone
    std::vector<double> m_rangesUj;          //!< where each counter wraps
};

} // namespace ecld

#endif // ECLD_ENERGY_METER_H
