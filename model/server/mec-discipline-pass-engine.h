/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DISCIPLINE_PASS_ENGINE_H
#define MEC_DISCIPLINE_PASS_ENGINE_H

#include "mec-pass-engine.h"
#include "mec-server-discipline.h"

#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Each pass is computed for itself, without batching, and passes share the server by a
 * MecServerDiscipline: first come first served, all at once, or slices.
 *
 * Memory has room for all sequences. The energy of a pass is that of a step with one sequence. A
 * pass that is given up is computed to its end all the same, and its energy counts with the next
 * pass of its sequence.
 */
class DisciplinePassEngine : public PassEngine
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Open(const TokenJob& longest) override;
    void Compute(uint64_t rightTokens, const ResidentPass& pass) override;
    bool Withdraw(uint64_t id) override;
    double Close(uint64_t id) override;
    double EstimateS(double tokens, double contextTokens) const override;

  protected:
    void DoDispose() override;

  private:
    /// A sequence that is open
    struct Sequence
    {
        uint64_t computed{0};         //!< tokens that were computed
        std::optional<uint64_t> pass; //!< number of the pass that is wanted
        double askedS{0};             //!< since when, s
        double energyJ{0};            //!< of it, and of those before it that were given up, J
    };

    /// @param query a sequence's part in a pass @return time of the pass on the whole server, s
    double GetPassS(const LlmStepQuery& query) const;
    /// @param query a sequence's part in a pass @param passS its time, s @return its energy, J
    double GetEnergyJ(const LlmStepQuery& query, double passS) const;
    /// A pass is complete. @param job it as a job @param latencyS its time here, s
    void Done(const ServerJob& job, double latencyS);

    Ptr<MecServerDiscipline> m_discipline;              //!< how passes share the server
    Ptr<StepTimeModel> m_stepTime;                      //!< of passes
    Ptr<StepEnergyModel> m_stepEnergy;                  //!< of passes
    Time m_verifyTime;                                  //!< of a pass with drafts; 0: by the model
    Time m_tokenTime;                                   //!< of another pass; 0: by the model
    double m_share{1};                                  //!< of the server for each pass
    std::unordered_map<uint64_t, Sequence> m_sequences; //!< by number
    std::unordered_map<uint64_t, uint64_t> m_owners;    //!< sequence by number of the pass
    uint64_t m_nextPass{0};                             //!< number of the next pass
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_DISCIPLINE_PASS_ENGINE_H
