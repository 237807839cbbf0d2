/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef LLM_MEC_SPECULATION_SCENARIO_H
#define LLM_MEC_SPECULATION_SCENARIO_H

#include "llm-mec-pair-preset.h"
#include "llm-mec-settings.h"
#include "llm-mec-speculation-helper.h"

#include "ns3/llm-pair.h"
#include "ns3/llm-step-time-model.h"

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
 * @brief What a user may set of phones that draft and servers that verify, on the command line of
 * mec-speculate. After Parse comes Complete, and then BuildCells.
 */
class LlmMecSpeculationScenario
{
  public:
    std::string mode{"event"};          ///< how answers are decoded
    std::string pair{"qwen3"};          ///< preset of models
    std::string draft;                  ///< step times of a device
    std::string target;                 ///< step times of a server
    double draftWeightBits{0};          ///< of a device's roofline; 0: of the preset
    double draftMemoryEfficiency{0.6};  ///< of a device's roofline
    std::string acceptance;             ///< number or file
    double drift{0};                    ///< memory of the acceptance, tokens; 0: it stays
    bool sampling{false};               ///< whether chance accepts drafts of a pair
    std::string window{"4"};            ///< number or policy
    double draftTokenS{0};              ///< constant, s
    double verifyS{0};                  ///< constant, s
    double preVerifyS{0};               ///< constant, s
    std::string link{"fluid"};          ///< one of LlmMecLinkNames
    double uplinkBps{0};                ///< constant, bit/s
    double downlinkS{0};                ///< constant, s
    double headerBits{320};             ///< of a message
    double bitsPerToken{16};            ///< of a draft
    std::string payload{"ids"};         ///< what goes up with a draft
    std::string discipline{"batching"}; ///< how passes share a server
    std::string aheadPasses{"auto"};    ///< of servers
    uint64_t devices{1};                ///< in all
    uint64_t servers{1};                ///< in all
    std::string tokens{"100"};          ///< of an answer
    std::string promptTokens{"64"};     ///< of a prompt
    uint64_t answers{1};                ///< of each device
    double batteryJ{0};                 ///< of each device, J; 0 for none
    double radiusM{20};                 ///< of a cell, m
    bool baselines{true};               ///< whether server-only and device-only are run too

    /**
     * Put the scenario on a command line.
     * @param line the command line, which writes into this scenario
     */
    void AddTo(LlmMecSettings& line);

    /**
     * Read files, choose what depends on several settings, and refuse what has no effect.
     * @throw std::invalid_argument or std::runtime_error in one line
     */
    void Complete();

    /// @return modes that are run: the one that was asked for, and then the baselines
    std::vector<std::string> GetModes() const;
    /// @return share of drafts that are right
    double GetAcceptance() const;

    /**
     * Build the cells, one for each server that has devices.
     * @param decoding the mode
     * @return the cells, with the streams from 0 on
     * @throw std::invalid_argument or std::runtime_error in one line, also for an attribute that
     * was typed and that no object of the cells takes from its default
     */
    std::vector<LlmMecSpeculationCell> BuildCells(const std::string& decoding) const;

  private:
    /// @param name of a setting @return whether it was typed
    bool Has(const std::string& name) const;
    /// @param names of settings @param why they have no effect @throws where one was typed
    void Refuse(const std::vector<std::string>& names, const std::string& why) const;
    /// Refuse settings without effect.
    void RefuseUnused() const;
    /// Refuse settings without effect in a mode, and in those that are run beside it.
    void RefuseUnusedInModes() const;
    /// @return whether drafts are verified in the mode that was asked for
    bool IsSpeculative() const;
    /// Find out which drafts are right.
    void ReadAcceptance();
    /// Make the step times of phones and servers.
    void MakeModels();
    /// @return bits of a draft in a message
    double GetBitsPerToken() const;
    /// @return passes of a server before it is asked
    uint32_t GetAheadPasses() const;
    /// @param decoding the mode @return what builds cells
    LlmMecSpeculationHelper MakeHelper(const std::string& decoding) const;
    /// Choose which drafts are right. @param helper gets it
    void SetAcceptance(LlmMecSpeculationHelper& helper) const;
    /// Choose windows. @param helper gets them
    void SetWindow(LlmMecSpeculationHelper& helper) const;
    /// Choose what computes passes. @param helper gets it @param phones of the server
    void SetEngine(LlmMecSpeculationHelper& helper, uint64_t phones) const;
    /// Choose the link. @param helper gets it
    void SetLink(LlmMecSpeculationHelper& helper) const;

    std::shared_ptr<const std::set<std::string>> m_typed; //!< names that were typed
    LlmMecPairPreset m_preset;                            //!< of models
    std::shared_ptr<const LlmPair> m_pair;                //!< whose texts are known, or null
    double m_acceptance{0};                               //!< of the drafts, mean
    Ptr<StepTimeModel> m_draft;                           //!< of a phone
    Ptr<StepTimeModel> m_target;                          //!< of a server
};

} // namespace llmmec
} // namespace ns3

#endif // LLM_MEC_SPECULATION_SCENARIO_H
