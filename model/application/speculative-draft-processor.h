/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_DRAFT_PROCESSOR_H
#define SPECULATIVE_DRAFT_PROCESSOR_H

#include "mlu-energy-model.h"

#include "ns3/callback.h"
#include "ns3/event-id.h"
#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What computes drafts on a device, one at a time: how long each takes, and what it draws
 * from the battery. The first pass of an answer computes its prompt and yields the first draft.
 */
class SpeculativeDraftProcessor
{
  public:
    /// Tells that a draft is written.
    using DoneCallback = Callback<void>;

    /**
     * @param stepTime of drafts, or null with a constant time
     * @param stepEnergy of drafts
     * @param draftTime constant time of a draft, and none of a prompt; 0: by stepTime
     * @param energy draws from the battery, or null
     * @param done called when a draft is written, unless it was stopped
     */
    SpeculativeDraftProcessor(Ptr<StepTimeModel> stepTime,
                              Ptr<StepEnergyModel> stepEnergy,
                              Time draftTime,
                              Ptr<MluEnergyModel> energy,
                              DoneCallback done);

    ~SpeculativeDraftProcessor();

    SpeculativeDraftProcessor(const SpeculativeDraftProcessor&) = delete;
    SpeculativeDraftProcessor& operator=(const SpeculativeDraftProcessor&) = delete;

    /**
     * Another answer begins.
     * @param promptTokens of its prompt
     * @throws std::runtime_error in one line where a draft has no time
     */
    void BeginAnswer(uint32_t promptTokens);

    /**
     * Begin a draft. The battery may be empty at once.
     * @param position number of its token in the answer
     */
    void Start(uint64_t position);

    /// Stop the draft that is being written, if there is one, and count what it took. What is left
    /// of a prompt is computed by the next one. The battery may be empty at once.
    void Stop();

    /// @return since when a draft is being written, s; none where none is
    std::optional<double> GetStartS() const;
    /// @return time of a draft after the prompt alone, s
    double GetDraftS() const;
    /// @return time that it drafted in this answer until now, s
    double GetBusyS() const;
    /// @return energy of the drafts of this answer that were written or stopped, J
    double GetEnergyJ() const;

  private:
    /// @param query of a pass @return its time, s
    double GetPassS(const LlmStepQuery& query) const;
    /// A draft is written.
    void End();

    Ptr<StepTimeModel> m_stepTime;     //!< of drafts, or null
    Ptr<StepEnergyModel> m_stepEnergy; //!< of drafts
    Time m_draftTime;                  //!< constant, or 0
    Ptr<MluEnergyModel> m_energy;      //!< draws from the battery, or null
    DoneCallback m_done;               //!< told of drafts
    EventId m_end;                     //!< of the draft that is being written
    std::optional<double> m_startS;    //!< since when it is, s
    double m_powerW{0};                //!< that it takes, W
    double m_promptTokens{0};          //!< of the answer
    double m_promptLeftS{0};           //!< of computing the prompt, s
    double m_busyS{0};                 //!< of the drafts of this answer, s
    double m_energyJ{0};               //!< of the drafts of this answer, J
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_DRAFT_PROCESSOR_H
