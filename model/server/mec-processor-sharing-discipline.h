/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_PROCESSOR_SHARING_DISCIPLINE_H
#define MEC_PROCESSOR_SHARING_DISCIPLINE_H

#include "mec-server-discipline.h"

#include "ns3/event-id.h"

#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief All requests are computed at once, each with a share of F that is its weight over the sum
 * of all weights: n requests of the same weight get F / n each.
 */
class ProcessorSharingDiscipline : public MecServerDiscipline
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    void Submit(const ServerJob& job) override;
    bool TakesWeights() const override;
    double GetBacklogS() const override;

    /// @param job a job @return its time at the server if all that are there stay as long, s
    double EstimateLatencyS(const ServerJob& job) const override;

  protected:
    void DoDispose() override;

  private:
    /// A job under way
    struct Share
    {
        ServerJob job;        //!< the job
        double arrivedS{0};   //!< when it arrived, s
        double remainingS{0}; //!< demand still to be served, s

        /// @return what is left by weight, s: the least is done first
        double GetRank() const
        {
            return remainingS / job.weight;
        }
    };

    /// @return sum of the weights of all jobs under way
    double GetWeight() const;
    /// Serve everybody until now.
    void Serve();
    /// Schedule the end of the job that is done next.
    void ScheduleNext();
    /// The job with the least left is done.
    void FinishNext();

    std::vector<Share> m_shares; //!< jobs under way, in order of arrival
    double m_servedS{0};         //!< when Serve was last called, s
    EventId m_next;              //!< end of the next job
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_PROCESSOR_SHARING_DISCIPLINE_H
