/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SCENARIO_H
#define LLM_MEC_SCENARIO_H

#include "llm-mec-helper.h"
#include "llm-mec-settings.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a user may set of cells on the command line of mec-offload and mec-train; the
 * defaults are the paper's, or ours where it is silent.
 */
struct LlmMecScenario
{
    uint64_t mlus{2};                                ///< K in a cell
    uint64_t cells{1};                               ///< independent cells
    uint64_t slots{100};                             ///< T
    std::string profile{"llama-3.1-8b-ecld"};        ///< the MLUs' models
    std::string serverProfile;                       ///< the server's model
    std::string device;                              ///< the MLUs' devices
    std::string compute{"cycles"};                   ///< how an MLU computes
    std::string taskBits{"1e6"};                     ///< X, bits
    double radiusM{20};                              ///< of the disc, m
    double serverHeightM{10};                        ///< h_MEC, m
    double speedMps{0};                              ///< of MLUs, m/s
    double referenceGainDb{-30};                     ///< g_0, dB
    double maxPowerDbm{33};                          ///< P_max, dBm
    double noiseDbm{-104};                           ///< sigma^2, dBm
    double bandwidthHz{10e6};                        ///< B, Hz
    double ricianK{8};                               ///< kappa, linear
    double fadingCorrelation{0};                     ///< slot to slot
    std::string link{"fluid"};                       ///< one of LlmMecLinkNames
    std::string interference{"Slot"};                ///< Slot or Active
    double maxUplinkLatencyS{10};                    ///< cap of (20), s
    double localHz{2e9};                             ///< f, cycles/s
    double localHzSpread{0};                         ///< of f, share of it
    double serverHz{10e9};                           ///< F, cycles/s
    std::string serverDiscipline{"DedicatedServer"}; ///< how requests share F
    std::string serving;                             ///< of the server's steps
    double cyclesPerBit{900};                        ///< phi
    double energyCoefficient{1e-28};                 ///< kappa_comp
    double energyBudgetJ{2};                         ///< E_max, J
    double batteryJ{0};                              ///< for the run, J; 0 for none
    double minAccuracy{0.6};                         ///< A_min
    double maxHallucination{0.78};                   ///< H_max
    std::string quality{"Constant"};                 ///< Constant or Sampled
    double penaltyWeight{1};                         ///< omega, s
    double slotS{1};                                 ///< tau, s
    bool slotBarrier{true};                          ///< a slot starts when the last has ended
    /// What was found set on the command line, null without one: names of settings and of
    /// attributes
    std::shared_ptr<const std::set<std::string>> typed;

    /**
     * Put the scenario on a command line.
     * @param settings the command line, which writes into this scenario
     */
    void AddTo(LlmMecSettings& settings);

    /**
     * @return what builds such cells, with the streams from 0 on
     * @throw std::invalid_argument or std::runtime_error in one line
     */
    LlmMecHelper MakeHelper() const;

    /**
     * Build the cells.
     * @param mec what MakeHelper gave, with a policy
     * @return the cells
     * @throw std::invalid_argument or std::runtime_error in one line, also for an attribute that
     * was typed and that no object of the cells takes from its default
     */
    std::vector<LlmMecCell> BuildCells(LlmMecHelper& mec) const;

  private:
    /// Describe the MLUs. @param mec what builds them
    void SetMlus(LlmMecHelper& mec) const;
    /// Give the MLUs that follow a clock. @param mec what builds them @param hz the clock, cycles/s
    void SetClock(LlmMecHelper& mec, double hz) const;
    /// Describe servers and controllers. @param mec what builds them
    void SetServersAndController(LlmMecHelper& mec) const;
    /// Describe the radio. @param mec what builds it
    void SetRadio(LlmMecHelper& mec) const;
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SCENARIO_H
